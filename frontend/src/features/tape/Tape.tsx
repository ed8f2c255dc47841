import { printsAfter, tapeRows } from '@/core/market/tape'
import { formatPrice, formatQuantity } from '@/core/numbers/instrument'
import { movedPart } from '@/core/numbers/moved'
import { formatTime } from '@/core/time/format'
import { useActiveInstrument, useActiveSymbol, useTrades } from '@/shared/market/hooks'
import { Panel } from '@/shared/ui/Panel'
import { EmptyState, Skeleton } from '@/shared/ui/States'
import { useState } from 'react'
import { Print } from './Print'
import styles from './Tape.module.css'
import type { TapeProps } from './types'

/** More rows than any panel is high; the others are the chart's business. */
const ROWS = 60

/**
 * The active symbol's trades, newest on top. While a pointer rests on them or the keyboard is in them nothing
 * moves: what is new is counted and shown when it leaves, or at once when asked to.
 */
export function Tape({ ownPrints }: TapeProps) {
  const symbol = useActiveSymbol()
  const instrument = useActiveInstrument()
  const live = useTrades()
  const [held, setHeld] = useState<{ symbol: string; trades: typeof live } | null>(null)
  const paused = held !== null && held.symbol === symbol
  const trades = paused ? held.trades : live
  const newest = trades?.at(-1)?.id
  const waiting = paused && live !== null && newest !== undefined ? printsAfter(live, newest) : 0
  const hold = () => {
    if (symbol !== null && live !== null && live.length > 0) setHeld({ symbol, trades: live })
  }
  const release = () => setHeld(null)

  if (symbol === null) {
    return (
      <Panel title="Trades">
        <EmptyState>Choose a symbol to see its trades.</EmptyState>
      </Panel>
    )
  }
  if (trades === null || instrument === null) {
    return (
      <Panel title="Trades">
        <Skeleton rows={8} />
      </Panel>
    )
  }
  if (trades.length === 0) {
    return (
      <Panel title="Trades">
        <EmptyState>
          No trades in {symbol} yet. They appear here as soon as a buyer and a seller meet.
        </EmptyState>
      </Panel>
    )
  }
  const rows = tapeRows(trades, ROWS, ownPrints)
  return (
    <Panel
      title="Trades"
      tools={
        waiting > 0 ? (
          <button type="button" className={styles['waiting']} onClick={hold}>
            {waiting} new
          </button>
        ) : null
      }
    >
      <div
        className={styles['tape']}
        role="region"
        aria-label={`Trades in ${symbol}`}
        // A region that scrolls has to be reachable by keyboard.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        onPointerEnter={hold}
        onPointerLeave={release}
        onFocus={hold}
        onBlur={release}
      >
        <table className={styles['table']}>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Price</th>
              <th scope="col">Size</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => {
              const price = formatPrice(instrument, row.ticks)
              const older = rows[index + 1]
              const before = older === undefined ? null : formatPrice(instrument, older.ticks)
              const { still } = movedPart(before, price)
              return (
                <Print
                  key={index}
                  time={formatTime(row.timeUs)}
                  price={price}
                  still={still.length}
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
    </Panel>
  )
}
