import type { Side } from '@/core/orders/order'
import { classes } from '@/shared/ui/classes'
import styles from './Ticket.module.css'

const SIDES: readonly (readonly [Side, string])[] = [
  ['buy', 'Buy'],
  ['sell', 'Sell'],
]

/** Buy or sell: one of the two always holds, and arrows move between them. */
export function SideChoice({ side, onChange }: { side: Side; onChange: (side: Side) => void }) {
  return (
    <fieldset className={styles['sides']}>
      <legend className="visually-hidden">Side</legend>
      {SIDES.map(([value, label]) => (
        <label
          key={value}
          className={classes(styles['side'], side === value && styles[`${value}Side`])}
        >
          <input
            type="radio"
            name="side"
            value={value}
            checked={side === value}
            onChange={() => onChange(value)}
            className="visually-hidden"
          />
          {label}
        </label>
      ))}
    </fieldset>
  )
}
