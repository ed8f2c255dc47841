/** What panels ask of the trader's side. Pure; lists are newest first. */
import { Decimal } from '../numbers/decimal'
import { type Increments, parsePrice, parseQuantity } from '../numbers/instrument'
import type { OwnQuantities } from '../market/state'
import type { Activity, Fill, Position } from './documents'
import { compareTimes, isOpen, type Order, remaining } from './order'
import type { Records } from './records'
import type { ListState } from './state'

type Orders = Records['orders']
type Activities = Records['activities']

export function openOrders(orders: Orders): readonly Order[] {
  return newestFirst([...orders.values()].filter(isOpen))
}

export function openOrdersOf(orders: Orders, symbol: string): readonly Order[] {
  return openOrders(orders).filter((order) => order.symbol === symbol)
}

/** Closed orders, as far back as they are complete. */
export function history(orders: Orders, list: ListState): readonly Order[] {
  const closed = [...orders.values()].filter((order) => !isOpen(order))
  return newestFirst(closed.filter((order) => isComplete(order.submittedAt, list)))
}

export function fills(all: Activities, list: ListState): readonly Fill[] {
  return latestFirst([...all.values()].filter(isFill)).filter((fill) => isComplete(fill.time, list))
}

/** All known fills of a symbol, for marks on its chart. */
export function fillsOf(all: Activities, symbol: string): readonly Fill[] {
  return latestFirst([...all.values()].filter(isFill).filter((fill) => fill.symbol === symbol))
}

export function activities(all: Activities, list: ListState): readonly Activity[] {
  return latestFirst([...all.values()]).filter((each) => isComplete(each.time, list))
}

export function positions(held: Records['positions']): readonly Position[] {
  return [...held.values()].sort((a, b) => (a.symbol < b.symbol ? -1 : 1))
}

/** Shares that no open sell order holds. */
export function availableOf(records: Records, symbol: string): Decimal {
  const held = openOrdersOf(records.orders, symbol)
    .filter((order) => order.side === 'sell')
    .reduce((sum, order) => sum.plus(remaining(order)), Decimal.ZERO)
  const owned = Decimal.parse(records.positions.get(symbol)?.quantity ?? '0')
  const left = owned.minus(held)
  return left.sign < 0 ? Decimal.ZERO : left
}

/** Lots that open limit orders of the symbol still want, at each price in ticks. */
export function ownQuantitiesOf(orders: readonly Order[], instrument: Increments): OwnQuantities {
  const own = new Map<number, { buy: number; sell: number }>()
  for (const order of orders) {
    if (order.symbol !== instrument.symbol || order.limitPrice === null || !isOpen(order)) continue
    const price = parsePrice(instrument, order.limitPrice)
    const left = parseQuantity(instrument, remaining(order).toString())
    // An order off the grid cannot be shown on it; the platform makes none.
    if (!price.ok || !left.ok) continue
    const level = own.get(price.value) ?? { buy: 0, sell: 0 }
    own.set(price.value, { ...level, [order.side]: level[order.side] + left.value })
  }
  return own
}

function isFill(activity: Activity): activity is Fill {
  return activity.kind === 'fill'
}

function isComplete(time: string, list: ListState): boolean {
  return list.reached === null || compareTimes(time, list.reached) >= 0
}

function newestFirst(orders: readonly Order[]): readonly Order[] {
  return [...orders].sort(
    (a, b) => compareTimes(b.submittedAt, a.submittedAt) || (a.id < b.id ? 1 : -1),
  )
}

function latestFirst<Item extends Activity>(items: readonly Item[]): readonly Item[] {
  return [...items].sort((a, b) => compareTimes(b.time, a.time) || (a.id < b.id ? 1 : -1))
}
