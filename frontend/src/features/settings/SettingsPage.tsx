import type { Preferences } from '@/core/preferences/preferences'
import { usePreferenceStore, usePreference } from '@/shared/preferences/context'
import { Page } from '@/shared/ui/Page'
import styles from './settings.module.css'

/** `/settings`: what this browser remembers. Each choice holds at once. */
export default function SettingsPage() {
  const preferences = usePreferenceStore()
  const tradingKeys = usePreference('tradingKeys')
  return (
    <Page title="Settings" intro="They are kept in this browser and hold in all its tabs.">
      <section className={styles['group']} aria-label="Look">
        <Choice
          name="theme"
          legend="Theme"
          choices={[
            ['system', 'Like the system'],
            ['dark', 'Dark'],
            ['light', 'Light'],
          ]}
        />
        <Choice
          name="palette"
          legend="Colours of up and down"
          choices={[
            ['standard', 'Green and red'],
            ['colour-blind', 'Blue and orange, for colour-blind eyes'],
          ]}
        />
        <p className={styles['sample']} aria-hidden="true">
          <span className={styles['up']}>▲ 101.26 +0.42 %</span>
          <span className={styles['down']}>▼ 101.24 −0.18 %</span>
        </p>
      </section>
      <section className={styles['group']} aria-label="Keys">
        <label className={styles['switch']}>
          <input
            type="checkbox"
            role="switch"
            checked={tradingKeys}
            onChange={(event) => preferences.setState({ tradingKeys: event.target.checked })}
          />
          <span>
            Trading keys
            <small>
              Single keys act on orders: <kbd>b</kbd> and <kbd>s</kbd> open the ticket. The header
              shows while they are on; <kbd>?</kbd> lists them all.
            </small>
          </span>
        </label>
      </section>
    </Page>
  )
}

type Choosable = 'theme' | 'palette'

function Choice<Name extends Choosable>({
  name,
  legend,
  choices,
}: {
  name: Name
  legend: string
  choices: readonly (readonly [Preferences[Name], string])[]
}) {
  const preferences = usePreferenceStore()
  const chosen = usePreference(name)
  return (
    <fieldset className={styles['choice']}>
      <legend>{legend}</legend>
      {choices.map(([value, label]) => (
        <label key={value}>
          <input
            type="radio"
            name={name}
            checked={chosen === value}
            onChange={() => preferences.setState({ [name]: value })}
          />
          {label}
        </label>
      ))}
    </fieldset>
  )
}
