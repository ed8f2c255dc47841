import { type ReactNode } from 'react'
import type { Market } from '@/core/market/market'
import { MarketContext } from './context'

/** Hands one market to everything below it. Whoever made the market closes it. */
export function MarketProvider({ market, children }: { market: Market; children: ReactNode }) {
  return <MarketContext value={market}>{children}</MarketContext>
}
