/** The trader's own orders and executions, in the integers that the chart and the tape speak. */
import { useMemo } from 'react'
import { type Increments, parsePrice, parseQuantity } from '@/core/numbers/instrument'
import { printKey } from '@/core/market/tape'
import type { Fill } from '@/core/orders/documents'
import { isMovable, type MovedPrice } from '@/core/orders/moving'
import { type Order, remaining } from '@/core/orders/order'
import type { Replace } from '@/core/orders/replaces'
import { isInBook } from '@/core/orders/selectors'
import type { ChartFill, ChartOrder } from '@/features/chart/marks'
import { useFillsOf, useOpenOrdersOf, useTradingState } from '@/shared/trading/hooks'

/** Open orders of the instrument at their prices, with what is left of them. */
export function useChartOrders(instrument: Increments | null): readonly ChartOrder[] {
  const orders = useOpenOrdersOf(instrument?.symbol ?? null)
  const replaces = useTradingState((state) => state.replaces)
  return useMemo(
    () =>
      instrument === null
        ? []
        : orders.flatMap((order) => chartOrders(instrument, order, replaces.get(order.id))),
    [orders, replaces, instrument],
  )
}

/** The trader's own orders in the book at any of these prices. */
export function idsAt(
  orders: readonly Order[],
  instrument: Increments,
  side: Order['side'],
  prices: readonly number[],
): readonly string[] {
  return orders
    .filter((order) => {
      if (order.side !== side || order.limitPrice === null || !isInBook(order)) return false
      const ticks = parsePrice(instrument, order.limitPrice)
      return ticks.ok && prices.includes(ticks.value)
    })
    .map(({ id }) => id)
}

export function useChartFills(instrument: Increments | null): readonly ChartFill[] {
  const fills = useFillsOf(instrument?.symbol ?? null)
  return useMemo(
    () => (instrument === null ? [] : fills.flatMap((fill) => chartFill(instrument, fill))),
    [fills, instrument],
  )
}

/** Where it stands, or is to stand while a change is under way. */
function chartOrders(
  instrument: Increments,
  order: Order,
  replace: Replace | undefined,
): ChartOrder[] {
  const lots = parseQuantity(instrument, remaining(order).toString())
  // What is to replace another is shown by that one.
  if (!lots.ok || (order.status === 'pending_new' && order.replaces !== null)) return []
  const change = replace === undefined || replace.phase === 'refused' ? null : replace.change
  const line = (which: MovedPrice, text: string | null): ChartOrder[] => {
    const ticks = text === null ? null : parsePrice(instrument, text)
    if (ticks?.ok !== true) return []
    const { id, side } = order
    const waits = order.status === 'held' || change !== null
    const movable = change === null && isMovable(order, which)
    const at = { ticks: ticks.value, lots: lots.value }
    return [{ id: `${id} ${which}`, orderId: id, which, side, ...at, waits, movable }]
  }
  return [
    ...line('limit', change?.limitPrice ?? order.limitPrice),
    ...line('stop', change?.stopPrice ?? order.stopPrice),
  ]
}

function chartFill(instrument: Increments, fill: Fill): ChartFill[] {
  const ticks = parsePrice(instrument, fill.price)
  const lots = parseQuantity(instrument, fill.quantity)
  if (!ticks.ok || !lots.ok) return []
  return [
    {
      id: fill.id,
      side: fill.side,
      ticks: ticks.value,
      lots: lots.value,
      timeS: Date.parse(fill.time) / 1000,
    },
  ]
}

/** The prints of the tape that are the trader's own. */
export function useOwnPrints(instrument: Increments | null): ReadonlySet<string> {
  const fills = useFillsOf(instrument?.symbol ?? null)
  return useMemo(
    () =>
      new Set(
        instrument === null
          ? []
          : fills.flatMap((fill) => {
              const mark = chartFill(instrument, fill)[0]
              return mark ? [printKey(microsecondsOf(fill.time), mark.ticks, mark.lots)] : []
            }),
      ),
    [fills, instrument],
  )
}

/** Microseconds since the Unix epoch of an RFC 3339 time; `Date` alone knows milliseconds. */
function microsecondsOf(time: string): number {
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? ''
  const micros = Number(fraction.padEnd(6, '0').slice(0, 6))
  return Math.floor(Date.parse(time) / 1000) * 1_000_000 + micros
}
