import type { Increments } from '../numbers/instrument'
import type { SocketPhase } from '../stream/socket'

export type Side = 'buy' | 'sell'

/** What the book holds at one price. */
export interface Level {
  readonly ticks: number
  readonly lots: number
  readonly orders: number
}

/** The whole book after engine event `sequence`; both sides best first. */
export interface BookView {
  readonly sequence: number
  readonly timeUs: number
  readonly bids: readonly Level[]
  readonly asks: readonly Level[]
}

export interface Trade {
  /** The engine's sequence number of the trade: larger is later. */
  readonly id: number
  readonly ticks: number
  readonly lots: number
  readonly takerSide: Side
  readonly timeUs: number
}

/** One minute. `startS` is in seconds since the Unix epoch; prices in ticks, volume in lots. */
export interface Bar {
  readonly startS: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
  readonly trades: number
}

/** What the symbol list shows: best prices and the UTC day so far. Null where nothing is known yet. */
export interface Ticker extends Increments {
  readonly sequence: number
  readonly timeUs: number
  readonly bid: { readonly ticks: number; readonly lots: number } | null
  readonly ask: { readonly ticks: number; readonly lots: number } | null
  readonly last: number | null
  readonly open: number | null
  readonly high: number | null
  readonly low: number | null
  readonly volume: number | null
}

/** How we hear the market. Times are milliseconds of the injected clock. */
export interface Connection {
  readonly phase: SocketPhase
  /** Median of the last round trips; null before the first. */
  readonly latencyMs: number | null
  /** False while the server itself does not hear the engine's log: what it sends may be old. Null until it says so. */
  readonly live: boolean | null
  readonly lastHeardAt: number | null
}

/** `loading`: no book yet. `live`: it is the server's book. `stale`: it was, at `staleSince`. */
export type BookPhase = 'loading' | 'live' | 'stale'

/** The symbol that is looked at. A new `generation` begins each time one is chosen. */
export interface ActiveMarket {
  readonly symbol: string
  readonly generation: number
  /** Tick and lot size; null until the first snapshot. */
  readonly instrument: Increments | null
  readonly bookPhase: BookPhase
  /** When the book stopped being the server's; null unless it is stale. */
  readonly staleSince: number | null
  /** The last good book: dimmed, not thrown away, while it is stale. */
  readonly book: BookView | null
  /** The newest `TRADES_KEPT` trades, oldest first; null until the server told the recent ones. */
  readonly trades: readonly Trade[] | null
  readonly bars: Bars
  /** The server's sentence when it refuses the symbol. */
  readonly problem: string | null
}

/** Minutes heard without a break: the closed ones, oldest first, and the one that forms. */
export interface Bars {
  /** Rises when minutes may have been missed: what lies before has to be fetched again. */
  readonly epoch: number
  readonly closed: readonly Bar[]
  readonly forming: Bar | null
}

/** How often the book had to be fetched again, and how long the last time took from the gap on. */
export interface Resyncs {
  readonly count: number
  readonly lastMs: number | null
}

/** Everything the UI knows of the market. Immutable: what did not change stays the same object. */
export interface MarketState {
  readonly connection: Connection
  readonly tickers: ReadonlyMap<string, Ticker>
  readonly active: ActiveMarket | null
  readonly resyncs: Resyncs
}

export const TRADES_KEPT = 500
export const BARS_KEPT = 1500

/** Lots that the trader's own open orders have at each price (ticks). */
export type OwnQuantities = ReadonlyMap<number, { readonly buy: number; readonly sell: number }>
