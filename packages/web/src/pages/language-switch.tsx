import { chooseLanguage, type Language, language, languages } from '../texts/language.ts'
import { t } from '../texts/texts.ts'

/** Each language by its own name, so that it is found by those who cannot read the page. */
export const LanguageSwitch = () => (
  <select
    class="language"
    aria-label={t.frame.language}
    value={language}
    onChange={(event) => chooseLanguage(event.currentTarget.value as Language)}
  >
    {Object.entries(languages).map(([code, name]) => (
      <option key={code} value={code} lang={code}>
        {name}
      </option>
    ))}
  </select>
)
