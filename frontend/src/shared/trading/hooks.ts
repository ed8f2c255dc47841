import { useMemo } from 'react'
import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { OwnQuantities } from '@/core/market/state'
import type { Increments } from '@/core/numbers/instrument'
import type { Account, Fill, Position } from '@/core/orders/documents'
import type { Order } from '@/core/orders/order'
import { fillsOf, openOrders, openOrdersOf, ownQuantitiesOf } from '@/core/orders/selectors'
import { INITIAL_STATE, type TradingState } from '@/core/orders/state'
import { useTrading } from './context'

const NOBODY = createStore<TradingState>(() => INITIAL_STATE)
const NO_QUANTITIES: OwnQuantities = new Map()

/** Renders again only when what the selector answers is another object or value. Signed out: the empty state. */
export function useTradingState<T>(selector: (state: TradingState) => T): T {
  return useStore(useTrading()?.store ?? NOBODY, selector)
}

/** Cash, equity and buying power as last told; null until then. */
export function useAccount(): Account | null {
  return useTradingState((state) => state.records.account)
}

/** Positions by symbol. */
export function usePositions(): ReadonlyMap<string, Position> {
  return useTradingState((state) => state.records.positions)
}

/** Every open order, newest first. */
export function useOpenOrders(): readonly Order[] {
  const orders = useTradingState((state) => state.records.orders)
  return useMemo(() => openOrders(orders), [orders])
}

/** Open orders of a symbol, newest first: for the ladder and the chart. */
export function useOpenOrdersOf(symbol: string | null): readonly Order[] {
  const orders = useTradingState((state) => state.records.orders)
  return useMemo(() => (symbol === null ? [] : openOrdersOf(orders, symbol)), [orders, symbol])
}

/** Known fills of a symbol, newest first: marks on the chart and in the tape. */
export function useFillsOf(symbol: string | null): readonly Fill[] {
  const activities = useTradingState((state) => state.records.activities)
  return useMemo(() => (symbol === null ? [] : fillsOf(activities, symbol)), [activities, symbol])
}

/** Lots of the trader's open orders at each price, for the ladder. */
export function useOwnQuantities(instrument: Increments | null): OwnQuantities {
  const orders = useOpenOrdersOf(instrument?.symbol ?? null)
  return useMemo(
    () => (instrument === null ? NO_QUANTITIES : ownQuantitiesOf(orders, instrument)),
    [orders, instrument],
  )
}
