import { createContext, use } from 'react'
import type { Market } from '@/core/market/market'

export const MarketContext = createContext<Market | null>(null)

/** The market itself, for what acts on it: `watch`, `resync`, `store.subscribe`. It never re-renders. */
export function useMarket(): Market {
  const market = use(MarketContext)
  if (market === null) throw new Error('useMarket needs a MarketProvider above it')
  return market
}
