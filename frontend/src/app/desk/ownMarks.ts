/** The trader's own orders and executions, in the integers that the chart and the tape speak. */
import { useMemo } from 'react'
import { type Increments, parsePrice, parseQuantity } from '@/core/numbers/instrument'
import { printKey } from '@/core/market/tape'
import type { Fill } from '@/core/orders/documents'
import { type Order, remaining } from '@/core/orders/order'
import type { ChartFill, ChartOrder } from '@/features/chart/marks'
import { useFillsOf, useOpenOrdersOf } from '@/shared/trading/hooks'

/** Open limit orders of the instrument with what is left of them. */
export function useChartOrders(instrument: Increments | null): readonly ChartOrder[] {
  const orders = useOpenOrdersOf(instrument?.symbol ?? null)
  return useMemo(
    () => (instrument === null ? [] : orders.flatMap((order) => chartOrder(instrument, order))),
    [orders, instrument],
  )
}

export function useChartFills(instrument: Increments | null): readonly ChartFill[] {
  const fills = useFillsOf(instrument?.symbol ?? null)
  return useMemo(
    () => (instrument === null ? [] : fills.flatMap((fill) => chartFill(instrument, fill))),
    [fills, instrument],
  )
}

function chartOrder(instrument: Increments, order: Order): ChartOrder[] {
  if (order.limitPrice === null) return []
  const ticks = parsePrice(instrument, order.limitPrice)
  const lots = parseQuantity(instrument, remaining(order).toString())
  if (!ticks.ok || !lots.ok) return []
  return [{ id: order.id, side: order.side, ticks: ticks.value, lots: lots.value }]
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
