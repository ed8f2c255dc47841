import type { StoreApi } from 'zustand/vanilla'
import type { FrameScheduler } from '../stream/frames'
import type { WakeSource, WebSocketLike } from '../stream/socket'
import type { Clock, Timers } from '../time/clock'
import type { MarketState } from './state'

export interface MarketOptions {
  /** The address of `/v1/stream/market`, asked for before every attempt. */
  readonly address: () => string | Promise<string>
  readonly openSocket?: (address: string) => WebSocketLike
  readonly scheduleFrame?: FrameScheduler
  readonly clock?: Clock
  readonly timers?: Timers
  readonly random?: () => number
  readonly wake?: WakeSource
  /** What went wrong and was dealt with, for the log: malformed messages, ended connections. */
  readonly report?: (problem: string) => void
}

/** The market as one store that changes at most once a frame, and at once when the book stops being live. */
export interface Market {
  readonly store: StoreApi<MarketState>
  /** Looks at another symbol, or at none; answers its generation. What still arrives for the one before is dropped. */
  watch(symbol: string | null): number
  /** Whose tickers to hear; replaces what was asked for before. */
  watchTickers(symbols: readonly string[] | '*'): void
  /** Distrusts the book that is shown and fetches it again. */
  resync(): void
  /** Tries to connect now instead of at the end of the wait. */
  reconnect(): void
  close(): void
}

export declare function createMarket(options: MarketOptions): Market
