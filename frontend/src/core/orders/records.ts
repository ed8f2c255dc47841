/**
 * What is known of the account: orders, executions, transfers, positions, cash. Pure, immutable.
 *
 * Two sources feed it, in no particular order to each other: snapshots over REST, and the numbered updates of the
 * stream. What makes the result the same in whatever order they arrive:
 *
 * - Updates are taken in the order of their numbers only; a repeat changes nothing, a gap is refused.
 * - Of an order, the state that is further along wins (`furtherAlong`).
 * - Executions and transfers never change: they are a set.
 * - A snapshot of the positions knows every update that was heard before it was asked for. A symbol that an
 *   update touched since is left as it is, and the snapshot counts as behind: somebody asks again.
 */
import { Decimal } from '../numbers/decimal'
import type { Account, Activity, Fill, Position, TradeUpdate } from './documents'
import { furtherAlong, isOpen, type Order } from './order'

export interface Records {
  readonly account: Account | null
  readonly orders: ReadonlyMap<string, Order>
  readonly positions: ReadonlyMap<string, Position>
  readonly activities: ReadonlyMap<string, Activity>
  /** Number of the newest update; null until the first one is heard. */
  readonly lastEventId: number | null
  /** Updates heard, counted here: a moment to compare snapshots with. */
  readonly heard: number
  /** For each symbol, the count of the last update that changed its position. */
  readonly touched: ReadonlyMap<string, number>
}

export const NO_RECORDS: Records = {
  account: null,
  orders: new Map(),
  positions: new Map(),
  activities: new Map(),
  lastEventId: null,
  heard: 0,
  touched: new Map(),
}

export type Applied = 'applied' | 'repeat' | 'gap'

/** Takes an update. A `gap` changes nothing: what is missing has to be asked for first. */
export function withUpdate(records: Records, update: TradeUpdate): readonly [Records, Applied] {
  const last = records.lastEventId
  if (last !== null && update.eventId <= last) return [records, 'repeat']
  if (last !== null && update.eventId !== last + 1) return [records, 'gap']
  const heard = records.heard + 1
  const next: Records = {
    ...withOrders(records, [update.order]),
    lastEventId: update.eventId,
    heard,
  }
  if (update.fill === null || update.positionQuantity === null) return [next, 'applied']
  const positions = withFill(next.positions, update.fill, update.positionQuantity)
  const touched = new Map(next.touched).set(update.fill.symbol, heard)
  return [{ ...withActivities(next, [update.fill]), positions, touched }, 'applied']
}

/** Forgets where the updates stood: the account's numbering is not the one that was known. */
export function withoutEvents(records: Records): Records {
  return { ...records, lastEventId: null }
}

export function withOrders(records: Records, heard: readonly Order[]): Records {
  let orders: Map<string, Order> | null = null
  for (const order of heard) {
    const known = (orders ?? records.orders).get(order.id)
    const newest = known === undefined ? order : furtherAlong(known, order)
    if (newest === known) continue
    orders ??= new Map(records.orders)
    orders.set(order.id, newest)
  }
  return orders === null ? records : { ...records, orders }
}

/** An order that the platform took back before it was one (it was never more than `pending_new` or `held`). */
export function withoutOrder(records: Records, id: string): Records {
  const status = records.orders.get(id)?.status
  if (status !== 'pending_new' && status !== 'held') return records
  const orders = new Map(records.orders)
  orders.delete(id)
  return { ...records, orders }
}

/** Orders that were open here when all open ones were asked for, and are not among them: they ended unheard. */
export function endedUnheard(
  records: Records,
  openWhenAsked: ReadonlySet<string>,
  open: readonly Order[],
): readonly string[] {
  const listed = new Set(open.map((order) => order.id))
  return [...openWhenAsked].filter((id) => {
    const order = records.orders.get(id)
    return order !== undefined && isOpen(order) && !listed.has(id)
  })
}

export function openIds(records: Records): ReadonlySet<string> {
  return new Set([...records.orders.values()].filter(isOpen).map((order) => order.id))
}

/** `askedAt` is `heard` as it was when the positions were asked for. The second value: whether to ask again. */
export function withPositions(
  records: Records,
  snapshot: readonly Position[],
  askedAt: number,
): readonly [Records, boolean] {
  const newer = (symbol: string) => (records.touched.get(symbol) ?? 0) > askedAt
  const kept = [...records.positions.values()].filter((position) => newer(position.symbol))
  const taken = snapshot.filter((position) => !newer(position.symbol))
  const positions = new Map([...taken, ...kept].map((position) => [position.symbol, position]))
  const behind = [...records.touched.values()].some((count) => count > askedAt)
  return [{ ...records, positions }, behind]
}

export function withAccount(records: Records, account: Account): Records {
  return { ...records, account }
}

export function withActivities(records: Records, heard: readonly Activity[]): Records {
  const unknown = heard.filter((activity) => !records.activities.has(activity.id))
  if (unknown.length === 0) return records
  const activities = new Map(records.activities)
  for (const activity of unknown) activities.set(activity.id, activity)
  return { ...records, activities }
}

/**
 * The quantity is what the update says. The cost is carried on from ours, which is exact while no update is
 * missing between the two; the snapshot that follows every fill has the platform's own.
 */
function withFill(
  positions: ReadonlyMap<string, Position>,
  fill: Fill,
  quantityAfter: string,
): ReadonlyMap<string, Position> {
  const { symbol } = fill
  const next = new Map(positions)
  const after = Decimal.parse(quantityAfter)
  if (after.sign === 0) {
    next.delete(symbol)
    return next
  }
  const known = positions.get(symbol)
  const before = Decimal.parse(known?.quantity ?? '0')
  const cost = Decimal.parse(known?.cost ?? '0')
  next.set(symbol, {
    symbol,
    quantity: quantityAfter,
    cost: costAfter(fill, before, cost, after).trimmed().toString(),
  })
  return next
}

function costAfter(fill: Fill, before: Decimal, cost: Decimal, after: Decimal): Decimal {
  if (fill.side === 'buy') {
    return cost.plus(Decimal.parse(fill.price).times(Decimal.parse(fill.quantity)))
  }
  if (before.sign === 0) return Decimal.ZERO
  return cost.times(after).dividedBy(before, 8)
}
