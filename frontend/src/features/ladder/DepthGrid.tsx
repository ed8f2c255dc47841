import {
  follow,
  type LadderCell,
  ladderView,
  type LadderWindow,
  marketSpan,
  middleOf,
  scrolled,
  sideAt,
  windowAround,
} from '@/core/market/ladder'
import type { BookView, OwnQuantities } from '@/core/market/state'
import { formatPrice, formatQuantity, type Increments } from '@/core/numbers/instrument'
import { movedPart } from '@/core/numbers/moved'
import { useHeld } from '@/shared/market/useHeld'
import { classes } from '@/shared/ui/classes'
import { type KeyboardEvent, type MouseEvent, useEffect, useId, useRef, useState } from 'react'
import styles from './Ladder.module.css'
import { LadderRow, type RowSide } from './LadderRow'
import type { OwnMove, Pick } from './types'
import { type Held, useOwnMove } from './useOwnMove'

interface Props {
  readonly instrument: Increments
  readonly book: BookView
  readonly last: number | null
  readonly group: number
  /** How many rows there is room for. */
  readonly rows: number
  /** The element that the rows are in, once it is there, and how to say so. */
  readonly grid: HTMLElement | null
  readonly onGrid: (grid: HTMLElement | null) => void
  readonly own: OwnQuantities | undefined
  /** Why nothing may be picked; null while the book is the market's. */
  readonly blocked: string | null
  readonly onPick: ((pick: Pick) => void) | undefined
  readonly onMove: ((move: OwnMove) => void) | undefined
  /** The spread is wider than the rows reach: to rows that reach further. */
  readonly onWiden: () => void
}

interface Cursor {
  readonly row: number
  readonly side: 'bid' | 'ask'
}

const NOTHING: RowSide = { quantity: '', own: '', depth: 0, cumulative: '' }

/** The rows. Which prices they show changes only while nobody is about to choose one of them. */
export function DepthGrid(props: Props) {
  const {
    instrument,
    book,
    last,
    group,
    rows,
    grid,
    onGrid,
    own,
    blocked,
    onPick,
    onMove,
    onWiden,
  } = props
  const id = useId()
  const [held, holding] = useHeld<HTMLDivElement>({ touchHolds: true })
  const market = marketSpan(book, last)
  const [anchor, setAnchor] = useState<LadderWindow | null>(null)
  const window = follow(anchor, { market, rows, group, held })
  if (window !== anchor) setAnchor(window)
  const [cursor, setCursor] = useState<Cursor>({ row: Math.floor(rows / 2), side: 'bid' })

  const moving = useOwnMove({
    own,
    group,
    ticksOf: (row) => (window === null || row >= rows ? undefined : window.top - row * group),
    onMove: blocked === null ? onMove : undefined,
  })

  useWheel(grid, (by) => setAnchor((current) => current && scrolled(current, by)))
  if (window === null) return null

  const view = ladderView(book, window, last, own)
  const centre = () => {
    if (market === null) return
    const middle = middleOf(market)
    const centred = windowAround(middle, rows, group)
    setAnchor(centred)
    setCursor(({ side }) => ({ side, row: Math.round((centred.top - middle) / group) }))
  }
  const pick = (row: number, column: Column) => {
    const ticks = view.rows[row]?.ticks
    if (ticks === undefined || blocked !== null || onPick === undefined) return
    const side = column === 'ask' ? 'buy' : column === 'bid' ? 'sell' : sideAt(book, ticks)
    onPick({ ticks, side })
  }
  const move = (by: number) => {
    const next = cursor.row + by
    if (next < 0 || next >= rows) setAnchor(scrolled(window, -by))
    setCursor({ ...cursor, row: Math.min(rows - 1, Math.max(0, next)) })
  }
  const enter = () => {
    if (moving.held === null) pick(cursor.row, cursor.side)
    else moving.drop(view.rows[cursor.row]?.ticks)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const actions: Record<string, () => void> = {
      ArrowUp: () => move(-1),
      ArrowDown: () => move(1),
      PageUp: () => setAnchor(scrolled(window, rows - 1)),
      PageDown: () => setAnchor(scrolled(window, 1 - rows)),
      ArrowLeft: () => setCursor({ ...cursor, side: 'bid' }),
      ArrowRight: () => setCursor({ ...cursor, side: 'ask' }),
      Home: centre,
      m: () => moving.take(cursor.row, cursor.side === 'bid' ? 'buy' : 'sell', 'keyboard'),
      Enter: () => enter(),
      ' ': () => enter(),
    }
    const action = actions[event.key]
    if (action === undefined) return
    event.preventDefault()
    action()
  }
  const onClick = (event: MouseEvent) => {
    const target = clicked(event)
    if (target === null) return
    if (target.column !== 'price') setCursor({ row: target.row, side: target.column })
    pick(target.row, target.column)
  }

  const still = stillDigits(instrument, window)
  const cell = (depth: LadderCell | null): RowSide =>
    depth === null
      ? NOTHING
      : {
          quantity: depth.lots === 0 ? '' : formatQuantity(instrument, depth.lots),
          own: depth.own === 0 ? '' : formatQuantity(instrument, depth.own),
          depth: Math.round((100 * depth.lots) / view.deepest),
          cumulative: depth.lots === 0 ? '' : formatQuantity(instrument, depth.cumulative),
        }
  const row = Math.min(cursor.row, rows - 1)
  return (
    <div className={styles['body']}>
      <div
        role="grid"
        aria-label={`Order book of ${instrument.symbol} by price`}
        aria-describedby={`${id}-help`}
        aria-activedescendant={`${id}-${row}-${cursor.side}`}
        tabIndex={0}
        className={classes(
          styles['gridBox'],
          blocked !== null && styles['blocked'],
          onPick && styles['pickable'],
        )}
        onKeyDown={onKeyDown}
        onClick={onClick}
        onPointerDown={moving.onPointerDown}
        {...holding}
      >
        <div role="row" className={styles['head']}>
          <span role="columnheader">Bid</span>
          <span role="columnheader">Price</span>
          <span role="columnheader">Ask</span>
        </div>
        <div ref={onGrid} role="rowgroup" className={styles['grid']}>
          {view.rows.map(({ ticks, bid, ask, last }, index) => (
            <LadderRow
              key={index}
              id={`${id}-${index}`}
              index={index}
              ticks={ticks}
              price={formatPrice(instrument, ticks)}
              still={still}
              last={last}
              bid={cell(bid)}
              ask={cell(ask)}
              cursor={index === row ? cursor.side : null}
              drop={dropSide(moving.held, ticks, index === row)}
            />
          ))}
        </div>
      </div>
      <footer className={styles['foot']}>
        <span className={styles['note']} title={blocked ?? undefined}>
          {blocked ?? spreadText(instrument, view.spread)}
        </span>
        <button
          type="button"
          className={classes(
            styles['tool'],
            styles['chip'],
            (view.market === 'inside' || view.market === 'empty') && styles['away'],
          )}
          onClick={view.market === 'wide' ? onWiden : centre}
        >
          {view.market === 'wide' ? 'Show both sides' : 'Centre'}
          {view.market === 'below' ? ' ↑' : view.market === 'above' ? ' ↓' : ''}
        </button>
        <span id={`${id}-help`} className={styles['spoken']}>
          Arrow keys choose a price and a side, Enter puts it into the ticket, Home centres. M takes
          hold of your orders there, and Enter drops them elsewhere.
        </span>
        <span role="status" className={styles['spoken']}>
          {moving.held === null ? '' : heldText(instrument, moving.held)}
        </span>
      </footer>
    </div>
  )
}

function spreadText(instrument: Increments, spread: number | null): string {
  return spread === null ? 'One side only' : `Spread ${formatPrice(instrument, spread)}`
}

/** The side on which a row shows what is to be dropped in it. */
function dropSide(held: Held | null, ticks: number, isCursor: boolean): 'bid' | 'ask' | null {
  if (held === null) return null
  if (held.by === 'keyboard' ? !isCursor : held.over !== ticks) return null
  return held.side === 'buy' ? 'bid' : 'ask'
}

function heldText(instrument: Increments, { side, rowTicks }: Held): string {
  const what = side === 'buy' ? 'buying' : 'selling'
  const at = formatPrice(instrument, rowTicks)
  return `Your orders ${what} at ${at} are held. Arrow keys choose where to, Enter drops them, Escape leaves them.`
}

type Column = 'bid' | 'price' | 'ask'

/** Which row and column was clicked: one listener for all rows. */
function clicked(event: MouseEvent): { row: number; column: Column } | null {
  if (!(event.target instanceof Element)) return null
  const row = event.target.closest<HTMLElement>('[data-row]')?.dataset['row']
  const column = event.target.closest<HTMLElement>('[data-side]')?.dataset['side']
  if (row === undefined || column === undefined) return null
  return { row: Number(row), column: column as Column }
}

/** How many leading digits all shown prices have in common: the others are what the eye looks for. */
function stillDigits(instrument: Increments, { top, rows, group }: LadderWindow): number {
  const highest = formatPrice(instrument, top)
  const lowest = formatPrice(instrument, top - (rows - 1) * group)
  return movedPart(highest, lowest).still.length
}

/** Scrolls prices by rows. React's own wheel listeners are passive and cannot keep the page in place. */
function useWheel(element: HTMLElement | null, scroll: (rowsUp: number) => void): void {
  const latest = useRef(scroll)
  useEffect(() => {
    latest.current = scroll
  })
  useEffect(() => {
    if (element === null) return
    const onWheel = (event: WheelEvent) => {
      if (event.ctrlKey || event.deltaY === 0) return
      event.preventDefault()
      latest.current(event.deltaY < 0 ? 1 : -1)
    }
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => element.removeEventListener('wheel', onWheel)
  }, [element])
}
