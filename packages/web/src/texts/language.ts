/** The page's languages by their own names. */
export const languages = { en: 'English', ko: '한국어' } as const

export type Language = keyof typeof languages

const key = 'language'

const isLanguage = (text: string | null): text is Language => text !== null && Object.hasOwn(languages, text)

/** The first of the wanted languages (as browsers name them, `ko-KR`) that the page has; otherwise English. */
export function firstKnown(wanted: readonly string[]): Language {
  for (const name of wanted) {
    const language = name.split('-')[0]?.toLowerCase() ?? ''
    if (isLanguage(language)) return language
  }
  return 'en'
}

/** What was chosen in any tab of this browser, or what the browser wants. */
function chosenLanguage(): Language {
  if (typeof document === 'undefined') return 'en'
  try {
    const kept = localStorage.getItem(key)
    if (isLanguage(kept)) return kept
  } catch {
    // A browser may deny its storage.
  }
  return firstKnown(navigator.languages)
}

/** The page's language until it is loaded again. */
export const language: Language = chosenLanguage()

/** Loads the page anew in this language, at the same address; where storage is denied it stays as it is. */
export function chooseLanguage(chosen: Language): void {
  try {
    localStorage.setItem(key, chosen)
  } catch {
    return
  }
  location.reload()
}
