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

/** An order with what belongs under it: its exits, or what it was before it was changed. */
export interface OrderNode {
  readonly order: Order
  readonly children: readonly OrderNode[]
}

/**
 * `listed` as trees, in their order: an exit stands under its entry (of two exits alone the stop loss under the
 * take profit), an order that was replaced under the one in its place. What would stand under an order that is not
 * listed stands alone.
 */
export function nested(orders: Orders, listed: readonly Order[]): readonly OrderNode[] {
  const ids = new Set(listed.map(({ id }) => id))
  const under = new Map<string, Order[]>()
  const roots = listed.filter((order) => {
    const above = aboveOf(orders, order)
    if (above === null || !ids.has(above)) return true
    under.set(above, [...(under.get(above) ?? []), order])
    return false
  })
  const node = (order: Order): OrderNode => ({
    order,
    children: (under.get(order.id) ?? []).map(node),
  })
  return roots.map(node)
}

function aboveOf(orders: Orders, { status, replacedBy, exit, parentId }: Order): string | null {
  if (status === 'replaced' && replacedBy !== null) return replacedBy
  return exit === null || parentId === null ? null : newestOf(orders, parentId)
}

/** The order that stands in the place of `id` by now. */
function newestOf(orders: Orders, id: string): string {
  const { status, replacedBy } = orders.get(id) ?? {}
  return status === 'replaced' && replacedBy != null ? newestOf(orders, replacedBy) : id
}

/**
 * Open orders as trees, newest first, with the entries of exits that outlive them. A replacement that waits for the
 * market is not shown beside the order that it is to replace.
 */
export function openTrees(orders: Orders): readonly OrderNode[] {
  const open = openOrders(orders).filter((order) => !isToReplace(orders, order))
  const above = open.flatMap((order) => orders.get(aboveOf(orders, order) ?? '') ?? [])
  const entries = new Set(above.filter((order) => !isOpen(order)))
  return nested(orders, newestFirst([...open, ...entries]))
}

/** Whether the order that it is to replace still works. */
function isToReplace(orders: Orders, { status, replaces }: Order): boolean {
  const old = replaces === null ? undefined : orders.get(replaces)
  return status === 'pending_new' && old !== undefined && isOpen(old)
}

/** What an order was before it was changed, newest first, as far as that is known. */
export function earlierTerms(orders: Orders, order: Order): readonly Order[] {
  const old = order.replaces === null ? undefined : orders.get(order.replaces)
  return old?.status !== 'replaced' ? [] : [old, ...earlierTerms(orders, old)]
}

/** Whether the platform takes other terms for it now. */
export function isChangeable({ status, type, notional }: Order): boolean {
  return (
    (status === 'new' || status === 'partially_filled') && type !== 'market' && notional === null
  )
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
  const sells = openOrdersOf(records.orders, symbol).filter((order) => order.side === 'sell')
  const held = [...sharesHeld(records.orders, sells).values()].reduce(
    (sum, each) => sum.plus(each),
    Decimal.ZERO,
  )
  const owned = Decimal.parse(records.positions.get(symbol)?.quantity ?? '0')
  const left = owned.minus(held)
  return left.sign < 0 ? Decimal.ZERO : left
}

/**
 * Shares that sells hold. Two exits hold them once between them, as do an order and its replacement: each time the
 * larger of the two. Exits that wait for their entry hold what that has bought by now.
 */
function sharesHeld(orders: Orders, sells: readonly Order[]): ReadonlyMap<string, Decimal> {
  const held = new Map<string, Decimal>()
  for (const order of sells) {
    const old = order.replaces === null ? undefined : sells.find(({ id }) => id === order.replaces)
    const { exit, parentId, id } = old ?? order
    const whose = exit === null ? id : (parentId ?? id)
    const known = held.get(whose)
    const entry = order.status === 'held' ? orders.get(order.parentId ?? '') : undefined
    const wanted = entry === undefined ? remaining(order) : Decimal.parse(entry.filledQuantity)
    if (known === undefined || wanted.compare(known) > 0) held.set(whose, wanted)
  }
  return held
}

/** Whether an order is, or may be, in the book at its limit: no exit that waits, no stop, no replacement to be. */
export function isInBook(order: Order): boolean {
  if (!isOpen(order) || order.type !== 'limit' || order.status === 'held') return false
  return order.status !== 'pending_new' || order.replaces === null
}

/** Lots that open limit orders of the symbol still want, at each price in ticks. */
export function ownQuantitiesOf(orders: readonly Order[], instrument: Increments): OwnQuantities {
  const own = new Map<number, { buy: number; sell: number }>()
  for (const order of orders) {
    const isHere = order.symbol === instrument.symbol && isInBook(order)
    if (!isHere || order.limitPrice === null) continue
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
