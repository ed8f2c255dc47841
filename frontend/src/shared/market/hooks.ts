import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import { type BlockCode, canTrade, type CanTrade } from '@/core/market/canTrade'
import type {
  ActiveMarket,
  Bars,
  BookPhase,
  BookView,
  Connection,
  MarketState,
  Ticker,
  Trade,
} from '@/core/market/state'
import type { Increments } from '@/core/numbers/instrument'
import { useMarket } from './context'

/** Renders again only when what the selector answers is another object or value. */
export function useMarketState<T>(selector: (state: MarketState) => T): T {
  return useStore(useMarket().store, selector)
}

/** Phase, latency, whether the server is live. Renders when one of them changes, about once in 5 s. */
export function useConnection(): Omit<Connection, 'lastHeardAt'> {
  return useMarketState(
    useShallow(({ connection: { phase, latencyMs, live } }) => ({ phase, latencyMs, live })),
  )
}

/** Whether orders may be entered from what is shown, and if not, why. */
export function useCanTrade(): CanTrade {
  return useMarketState(canTrade)
}

/** Short, so that the title's line keeps its height: nothing moves because prices became old. */
const NOTES: Readonly<Record<BlockCode, string | undefined>> = {
  no_symbol: undefined,
  offline: 'Offline',
  not_live: 'Not live',
  loading: 'Loading',
  stale: 'Out of date',
}

/** How what is shown of the market may be old, in two words; undefined while it is the market's. */
export function useMarketNote(): string | undefined {
  return useMarketState((state) => {
    const trade = canTrade(state)
    if (trade.allowed) return undefined
    // Before the first book nothing is shown that could be old.
    if (trade.code === 'loading' && state.active?.book == null) return undefined
    return NOTES[trade.code]
  })
}

/** The symbol that is looked at; null for none. */
export function useActiveSymbol(): string | null {
  return useMarketState((state) => state.active?.symbol ?? null)
}

/** Tick and lot size of the active symbol; null until its first snapshot. */
export function useActiveInstrument(): Increments | null {
  return useMarketState((state) => state.active?.instrument ?? null)
}

export interface ActiveBook {
  readonly symbol: string | null
  readonly generation: number
  readonly instrument: Increments | null
  readonly phase: BookPhase
  readonly staleSince: number | null
  readonly book: BookView | null
  readonly problem: string | null
}

const NO_BOOK: ActiveBook = {
  symbol: null,
  generation: 0,
  instrument: null,
  phase: 'loading',
  staleSince: null,
  book: null,
  problem: null,
}

function bookOf(active: ActiveMarket): ActiveBook {
  const { symbol, generation, instrument, bookPhase, staleSince, book, problem } = active
  return { symbol, generation, instrument, phase: bookPhase, staleSince, book, problem }
}

/** The active book and its phase; not its trades and bars. */
export function useActiveBook(): ActiveBook {
  return useMarketState(useShallow(({ active }) => (active === null ? NO_BOOK : bookOf(active))))
}

/** The active symbol's newest trades, oldest first; null while they load. */
export function useTrades(): readonly Trade[] | null {
  return useMarketState((state) => state.active?.trades ?? null)
}

/** Price of the active symbol's last trade in ticks: from its trades, else from its ticker. */
export function useLastTicks(): number | null {
  return useMarketState(
    ({ active, tickers }) =>
      active?.trades?.at(-1)?.ticks ?? (active && tickers.get(active.symbol)?.last) ?? null,
  )
}

/** The active symbol's minutes heard since it was chosen. */
export function useBars(): Bars | null {
  return useMarketState((state) => state.active?.bars ?? null)
}

/** One symbol's ticker; undefined until it was heard. */
export function useTicker(symbol: string | null): Ticker | undefined {
  return useMarketState((state) => (symbol === null ? undefined : state.tickers.get(symbol)))
}
