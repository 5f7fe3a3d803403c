import { signal } from '@preact/signals'
import { keepForBrowser, keptForBrowser } from '../api/storage.ts'
import { t } from '../texts/texts.ts'
import { keyActions } from './key-steps.ts'

const offKey = 'keys-off'

/** Some people's keys are pressed by a voice or by chance: they can switch single keys off. (WCAG 2.1.4) */
export const areKeysOn = signal(keptForBrowser(offKey) === undefined)

function switchKeys(on: boolean): void {
  areKeysOn.value = on
  keepForBrowser(offKey, on ? undefined : 'yes')
}

/** All keys and what they do. */
export const KeyHelp = () => (
  <>
    <dl class="keys">
      <div>
        <dt>
          <kbd>Ctrl</kbd> <kbd>K</kbd> <span>/</span> <kbd>⌘</kbd> <kbd>K</kbd>
        </dt>
        <dd>{t.keys.actions.find}</dd>
      </div>
      {Object.entries(keyActions).map(([keys, action]) => (
        <div key={keys}>
          <dt>
            {keys.split(' ').map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </dt>
          <dd>{t.keys.actions[action]}</dd>
        </div>
      ))}
    </dl>
    <label class="check">
      <input
        type="checkbox"
        checked={areKeysOn.value}
        onChange={({ currentTarget }) => switchKeys(currentTarget.checked)}
      />
      {t.keys.singleKeys}
    </label>
  </>
)
