import { type ReactNode, useState } from 'react'
import { Link } from 'react-router'
import { useHotkey, useHotkeys } from '@/shared/keys/context'
import type { Hotkey, KeyGroup } from '@/shared/keys/registry'
import { usePreference } from '@/shared/preferences/context'
import { Dialog } from '@/shared/ui/Dialog'
import styles from './Layout.module.css'

interface Shown {
  keys: readonly string[]
  does: string
}

/** Keys that a control has of its own while it has the focus. */
const IN_PLACE: readonly Shown[] = [
  { keys: ['↑', '↓'], does: 'In a price or a quantity: one tick or lot more or less' },
  { keys: ['Shift', '↑', '↓'], does: 'Ten of them' },
  { keys: ['Enter'], does: 'In the ticket: do what its button says' },
  { keys: ['↑', '↓', 'Home'], does: 'In the ladder: another price, the middle of the book' },
  { keys: ['Enter'], does: 'In the ladder: put this price into the ticket' },
  { keys: ['Esc'], does: 'Back out of what is open' },
]

/** `?`: every key of the page. */
export function KeysDialog() {
  const [open, setOpen] = useState(false)
  const tradingKeys = usePreference('tradingKeys')
  const hotkeys = useHotkeys()
  useHotkey({ key: '?', does: 'Show all keys', group: 'General', run: () => setOpen(true) })
  const of = (group: KeyGroup) => hotkeys.filter((hotkey) => hotkey.group === group).map(shown)
  return (
    <Dialog open={open} onClose={() => setOpen(false)} title="Keys">
      <Keys title="Anywhere" keys={of('General')} />
      <Keys title="Where the focus is" keys={IN_PLACE} />
      <Keys
        title={`Trading: ${tradingKeys ? 'on' : 'off'}`}
        keys={of('Trading')}
        note={
          <>
            They are switched {tradingKeys ? 'off' : 'on'} in the{' '}
            <Link to="/settings" onClick={() => setOpen(false)}>
              settings
            </Link>
            .
          </>
        }
      />
    </Dialog>
  )
}

function Keys({ title, keys, note }: { title: string; keys: readonly Shown[]; note?: ReactNode }) {
  return (
    <section>
      <h3 className={styles['group']}>{title}</h3>
      <dl className={styles['keys']}>
        {keys.map(({ keys: combination, does }) => (
          <div key={does}>
            <dt>
              {combination.map((key) => (
                <kbd key={key} className={styles['key']}>
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      {note ? <p className={styles['group']}>{note}</p> : null}
    </section>
  )
}

function shown({ key, does }: Hotkey): Shown {
  return { keys: [key === 'Escape' ? 'Esc' : key], does }
}
