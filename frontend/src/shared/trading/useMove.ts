import { useEffect, useRef } from 'react'
import type { Increments } from '@/core/numbers/instrument'
import { type MovedPrice, moveTo } from '@/core/orders/moving'
import type { Replaces } from '@/core/orders/replaces'
import { useMarket } from '@/shared/market/context'
import { useToast } from '@/shared/ui/useToast'
import { useTrading } from './context'
import { useTradingState } from './hooks'
import { describe } from './words'

/** Moves one price of open orders to `ticks`, from the chart or the ladder; says so where that cannot be. */
export type MoveOrders = (orderIds: readonly string[], which: MovedPrice, ticks: number) => void

export function useMove(instrument: Increments | null): MoveOrders {
  const trading = useTrading()
  const market = useMarket()
  const toast = useToast()
  return (orderIds, which, ticks) => {
    if (trading === null || instrument === null) return
    const { records } = trading.store.getState()
    const { active } = market.store.getState()
    const now = {
      book: active?.book ?? null,
      lastTicks: market.store.getState().tickers.get(instrument.symbol)?.last ?? null,
    }
    for (const id of orderIds) {
      const order = records.orders.get(id)
      if (order === undefined) continue
      const moved = moveTo(instrument, order, which, ticks, now)
      if (moved.kind === 'change') trading.replace(id, moved.change)
      if (moved.kind === 'refused') toast(moved.sentence, 'problem')
    }
  }
}

/** Says what became of a change that was refused, wherever somebody is looking. */
export function useRefusedChanges(): void {
  const replaces = useTradingState((state) => state.replaces)
  const trading = useTrading()
  const toast = useToast()
  const before = useRef<Replaces>(replaces)
  useEffect(() => {
    for (const [id, replace] of replaces) {
      const isNew = before.current.get(id)?.phase !== 'refused'
      if (replace.phase !== 'refused' || replace.problem === null || !isNew) continue
      const order = trading?.store.getState().records.orders.get(id)
      const what = order === undefined ? 'the order' : describe(order)
      toast(`Not changed: ${what}. ${replace.problem.message}`, 'problem')
    }
    before.current = replaces
  }, [replaces, toast, trading])
}
