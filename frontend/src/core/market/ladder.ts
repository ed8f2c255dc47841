import type { BookView, Level, OwnQuantities, Side } from './state'

/**
 * Which prices a ladder shows: `rows` prices from `top` (ticks) downwards, `group` ticks apart, highest first.
 * It is kept apart from the book so that prices stay under the pointer while quantities change.
 */
export interface LadderWindow {
  readonly top: number
  readonly rows: number
  readonly group: number
}

/** What one side has in one row; lots. */
export interface LadderCell {
  readonly lots: number
  /** Lots from the best price to this row, both included. */
  readonly cumulative: number
  /** The trader's own open orders among them. */
  readonly own: number
}

export interface LadderRow {
  readonly ticks: number
  readonly bid: LadderCell | null
  readonly ask: LadderCell | null
  readonly last: boolean
}

export interface LadderView {
  readonly rows: readonly LadderRow[]
  /** The largest quantity of any shown cell: what a full depth bar stands for. At least 1. */
  readonly deepest: number
  /** Best ask less best bid in ticks; null while a side is empty. */
  readonly spread: number | null
  /**
   * Where the window lies from the market: `above` means that the best bid is below what is shown, `wide` that the
   * spread is too wide for both best prices to be shown.
   */
  readonly market: 'inside' | 'above' | 'below' | 'wide' | 'empty'
}

/** What a side is rounded to in a group: a bid to the group's lower price, an ask to its upper one. */
export function grouped(ticks: number, group: number, side: 'bid' | 'ask'): number {
  return (side === 'bid' ? Math.floor(ticks / group) : Math.ceil(ticks / group)) * group
}

/** The best prices, in ticks; the same price twice where one side, or only a last trade, is known. */
export interface MarketSpan {
  readonly bid: number
  readonly ask: number
}

export function marketSpan(book: BookView | null, last: number | null): MarketSpan | null {
  const bid = book?.bids[0]?.ticks
  const ask = book?.asks[0]?.ticks
  if (bid !== undefined && ask !== undefined) return { bid, ask }
  const known = bid ?? ask ?? last
  return known === null ? null : { bid: known, ask: known }
}

/** The price to centre on. */
export function middleOf({ bid, ask }: MarketSpan): number {
  return Math.floor((bid + ask) / 2)
}

/** Rows that both best prices and what lies between them take. */
function rowsOf({ bid, ask }: MarketSpan, group: number): number {
  return (grouped(ask, group, 'ask') - grouped(bid, group, 'bid')) / group + 1
}

/** A window of `rows` prices with `centre` in its middle row; never shows a price below one group. */
export function windowAround(centre: number, rows: number, group: number): LadderWindow {
  const middle = grouped(centre, group, 'bid')
  const top = middle + Math.floor(rows / 2) * group
  return { top: Math.max(top, rows * group), rows, group }
}

/** The same prices in another number of rows: what was in the middle stays there. */
export function resized(window: LadderWindow, rows: number): LadderWindow {
  const shift = (Math.floor(rows / 2) - Math.floor(window.rows / 2)) * window.group
  return { ...window, rows, top: Math.max(window.top + shift, rows * window.group) }
}

/** True when the market is so near the edge that a reader would lose it soon. */
export function isOffCentre(window: LadderWindow, market: number): boolean {
  const row = (window.top - market) / window.group
  const margin = window.rows / 4
  return row < margin || row > window.rows - 1 - margin
}

/** What decides where the window goes next. */
export interface Following {
  readonly market: MarketSpan | null
  readonly rows: number
  readonly group: number
  /** Somebody points at a row or has the keyboard in it: prices must stay where they are. */
  readonly held: boolean
}

/**
 * The window after the market, the panel or the grouping changed. The same object unless prices have to move:
 * held, they never do but for the size of the panel; free, they follow before the market leaves the middle half,
 * and as soon as one of the best prices is not shown.
 */
export function follow(window: LadderWindow | null, next: Following): LadderWindow | null {
  const { market, rows, group, held } = next
  const middle = market === null ? null : middleOf(market)
  if (window === null || window.group !== group) {
    return middle === null ? null : windowAround(middle, rows, group)
  }
  const fitted = window.rows === rows ? window : resized(window, rows)
  if (held || market === null || middle === null) return fitted
  if (!isOffCentre(fitted, middle) && lie(fitted, market) === 'inside') return fitted
  const centred = windowAround(middle, rows, group)
  // Prices near zero cannot be centred.
  return centred.top === fitted.top ? fitted : centred
}

/** The window moved by `rows` upwards (negative: downwards). */
export function scrolled(window: LadderWindow, rows: number): LadderWindow {
  const top = Math.max(window.top + rows * window.group, window.rows * window.group)
  return top === window.top ? window : { ...window, top }
}

/** The side that a price is traded with when somebody points at the price itself: the one that would meet the other. */
export function sideAt(book: BookView, ticks: number): Side {
  const bid = book.bids[0]?.ticks
  const ask = book.asks[0]?.ticks
  if (ask !== undefined && ticks >= ask) return 'buy'
  if (bid !== undefined && ticks <= bid) return 'sell'
  return ask === undefined && bid !== undefined ? 'sell' : 'buy'
}

const STEPS = [1, 2, 5] as const

/** Groups to offer: 1, 2, 5, 10, 20, ... ticks. */
export const GROUPS: readonly number[] = [0, 1, 2, 3, 4].flatMap((power) =>
  STEPS.map((step) => step * 10 ** power),
)

/**
 * The smallest group in which the best levels of both sides fill about half of the rows, and the spread at most
 * half of them: both sides are there to be seen.
 */
export function fittingGroup(book: BookView, rows: number): number {
  const level = Math.max(1, Math.floor(rows / 4))
  const span = (side: readonly Level[]) => {
    const best = side[0]
    const deep = side[Math.min(level, side.length) - 1]
    return best === undefined || deep === undefined ? 0 : Math.abs(deep.ticks - best.ticks)
  }
  const room = Math.max(1, Math.floor(rows / 3))
  const wanted = Math.max(span(book.bids), span(book.asks)) / room
  const market = marketSpan(book, null)
  const fits = (group: number) =>
    group >= wanted && (market === null || rowsOf(market, group) <= Math.max(2, rows / 2))
  return GROUPS.find(fits) ?? (GROUPS.at(-1) as number)
}

const NO_OWN: OwnQuantities = new Map()

/** The rows of a window. Reads each side only as far as the window reaches. */
export function ladderView(
  book: BookView,
  window: LadderWindow,
  last: number | null,
  own: OwnQuantities = NO_OWN,
): LadderView {
  const bids = sideCells(book.bids, window, 'bid')
  const asks = sideCells(book.asks, window, 'ask')
  const ownBids = ownLots(own, window, 'bid')
  const ownAsks = ownLots(own, window, 'ask')
  const lastRow = last === null ? null : grouped(last, window.group, 'bid')
  const rows: LadderRow[] = []
  let deepest = 1
  for (let row = 0; row < window.rows; row += 1) {
    const ticks = window.top - row * window.group
    const bid = cell(bids.get(ticks), ownBids.get(ticks))
    const ask = cell(asks.get(ticks), ownAsks.get(ticks))
    deepest = Math.max(deepest, bid?.lots ?? 0, ask?.lots ?? 0)
    rows.push({ ticks, bid, ask, last: ticks === lastRow })
  }
  return { rows, deepest, spread: spreadOf(book), market: marketOf(book, window, last) }
}

interface Depth {
  lots: number
  cumulative: number
}

function sideCells(side: readonly Level[], window: LadderWindow, name: 'bid' | 'ask') {
  const cells = new Map<number, Depth>()
  const bottom = window.top - (window.rows - 1) * window.group
  let cumulative = 0
  for (const { ticks, lots } of side) {
    const row = grouped(ticks, window.group, name)
    if (name === 'bid' ? row < bottom : row > window.top) break
    cumulative += lots
    const held = cells.get(row)
    if (held === undefined) cells.set(row, { lots, cumulative })
    else {
      held.lots += lots
      held.cumulative = cumulative
    }
  }
  return cells
}

function ownLots(own: OwnQuantities, window: LadderWindow, name: 'bid' | 'ask') {
  const lots = new Map<number, number>()
  for (const [ticks, { buy, sell }] of own) {
    const quantity = name === 'bid' ? buy : sell
    if (quantity === 0) continue
    const row = grouped(ticks, window.group, name)
    lots.set(row, (lots.get(row) ?? 0) + quantity)
  }
  return lots
}

/** An own order that the book does not show (yet, or any more) is still shown as own: it is the trader's to cancel. */
function cell(depth: Depth | undefined, own: number | undefined): LadderCell | null {
  if (depth === undefined && own === undefined) return null
  return { lots: depth?.lots ?? 0, cumulative: depth?.cumulative ?? 0, own: own ?? 0 }
}

function spreadOf({ bids: [bid], asks: [ask] }: BookView): number | null {
  return bid === undefined || ask === undefined ? null : ask.ticks - bid.ticks
}

function marketOf(book: BookView, window: LadderWindow, last: number | null): LadderView['market'] {
  const market = marketSpan(book, last)
  return market === null ? 'empty' : lie(window, market)
}

function lie(window: LadderWindow, market: MarketSpan): 'inside' | 'above' | 'below' | 'wide' {
  const { top, rows, group } = window
  if (rowsOf(market, group) > rows) return 'wide'
  if (grouped(market.ask, group, 'ask') > top) return 'below'
  return market.bid < top - (rows - 1) * group ? 'above' : 'inside'
}
