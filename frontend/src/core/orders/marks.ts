/** The trader's orders and fills in the integers of the chart, the ladder and the tape. Pure. */
import { printKey } from '../market/tape'
import { type Increments, parsePrice, parseQuantity } from '../numbers/instrument'
import type { Fill } from './documents'
import { type Order, remaining, type Side } from './order'

/** An order or an execution at its price. */
export interface Mark {
  readonly id: string
  readonly side: Side
  readonly ticks: number
  readonly lots: number
}

/** Open limit orders with what is left of them. */
export function orderMarks(orders: readonly Order[], instrument: Increments): readonly Mark[] {
  return orders.flatMap(({ id, side, limitPrice, ...order }) => {
    if (limitPrice === null) return []
    const left = remaining({ id, side, limitPrice, ...order }).toString()
    return onGrid(instrument, limitPrice, left).map((at) => ({ id, side, ...at }))
  })
}

/** Executions; `timeS` in seconds since the Unix epoch. */
export function fillMarks(
  fills: readonly Fill[],
  instrument: Increments,
): readonly (Mark & { readonly timeS: number })[] {
  return fills.flatMap(({ id, side, price, quantity, time }) =>
    onGrid(instrument, price, quantity).map((at) => ({
      id,
      side,
      ...at,
      timeS: Math.floor(Date.parse(time) / 1000),
    })),
  )
}

/** How the trader's own fills look on the tape. */
export function ownPrints(fills: readonly Fill[], instrument: Increments): ReadonlySet<string> {
  return new Set(
    fills.flatMap(({ price, quantity, time }) =>
      onGrid(instrument, price, quantity).map(({ ticks, lots }) =>
        printKey(microseconds(time), ticks, lots),
      ),
    ),
  )
}

/** None for what is off the instrument's grid: it cannot be shown on it. */
function onGrid(
  instrument: Increments,
  price: string,
  quantity: string,
): { ticks: number; lots: number }[] {
  const ticks = parsePrice(instrument, price)
  const lots = parseQuantity(instrument, quantity)
  return ticks.ok && lots.ok ? [{ ticks: ticks.value, lots: lots.value }] : []
}

/** Microseconds since the Unix epoch of an RFC 3339 time; a `Date` keeps milliseconds only. */
function microseconds(time: string): number {
  const fraction = (/\.(\d+)/.exec(time)?.[1] ?? '').padEnd(6, '0').slice(0, 6)
  return Math.floor(Date.parse(time) / 1000) * 1_000_000 + Number(fraction)
}
