import { useEffect, useState } from 'react'
import type { MarketState } from '@/core/market/state'
import { useMarket } from './context'

/**
 * A part of the market's state, looked at `everyMs` and not with every change: for what people hear instead of
 * see. `selector` must be a stable function.
 */
export function useSampled<T>(selector: (state: MarketState) => T, everyMs: number): T {
  const { store } = useMarket()
  const [sample, setSample] = useState(() => selector(store.getState()))
  useEffect(() => {
    const timer = setInterval(() => setSample(() => selector(store.getState())), everyMs)
    return () => clearInterval(timer)
  }, [store, selector, everyMs])
  return sample
}
