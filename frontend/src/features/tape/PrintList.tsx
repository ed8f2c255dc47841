import type { Trade } from '@/core/market/state'
import { printsAfter, tapeRows } from '@/core/market/tape'
import { formatPrice, formatQuantity, type Increments } from '@/core/numbers/instrument'
import { movedPart } from '@/core/numbers/moved'
import { formatTime } from '@/core/time/format'
import { useHeld } from '@/shared/market/useHeld'
import { useState } from 'react'
import { Print } from './Print'
import styles from './Tape.module.css'
import type { TapeProps } from './types'

/** More rows than any panel is high; the others are the chart's business. */
const ROWS = 60

interface Props extends TapeProps {
  readonly instrument: Increments
  /** At least one, oldest first. */
  readonly trades: readonly Trade[]
}

/**
 * The newest prints. While a mouse rests on them or the keyboard is in them nothing moves: what is new is
 * counted, and shown when it leaves.
 */
export function PrintList({ instrument, trades: live, ownPrints }: Props) {
  const [held, holding] = useHeld<HTMLDivElement>({ touchHolds: false })
  const [kept, setKept] = useState<readonly Trade[] | null>(null)
  if (held && kept === null) setKept(live)
  if (!held && kept !== null) setKept(null)
  const trades = kept ?? live
  const rows = tapeRows(trades, ROWS, ownPrints)
  const waiting = printsAfter(live, rows[0]?.id ?? 0)
  return (
    <div
      className={styles['tape']}
      role="region"
      aria-label={`Trades in ${instrument.symbol}`}
      // A region that scrolls has to be reachable by keyboard.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      {...holding}
    >
      <table className={styles['table']}>
        <thead>
          <tr>
            <th scope="col">
              Time
              {waiting > 0 ? <span className={styles['waiting']}>{waiting} new</span> : null}
            </th>
            <th scope="col">Price</th>
            <th scope="col">Size</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => {
            const price = formatPrice(instrument, row.ticks)
            const older = rows[index + 1]
            const before = older === undefined ? null : formatPrice(instrument, older.ticks)
            return (
              <Print
                key={index}
                time={formatTime(row.timeUs)}
                price={price}
                still={movedPart(before, price).still.length}
                size={formatQuantity(instrument, row.lots)}
                direction={row.direction}
                takerSide={row.takerSide}
                own={row.own}
              />
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
