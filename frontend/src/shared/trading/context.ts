import { createContext, use } from 'react'
import { useStore } from 'zustand'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Trading } from '@/core/orders/trading'

/** The trading of whoever is signed in; null for nobody. */
export interface SessionTrading {
  readonly trading: Trading | null
}

const NOBODY = createStore<SessionTrading>(() => ({ trading: null }))

export const TradingContext = createContext<StoreApi<SessionTrading>>(NOBODY)

/** The trader's own side of the market; null while nobody is signed in. */
export function useTrading(): Trading | null {
  return useStore(use(TradingContext), (state) => state.trading)
}
