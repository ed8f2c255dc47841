import type { Side } from '../market/state'
import { Decimal } from '../numbers/decimal'
import { choice, decimal, type Fields, optional, record, text } from './fields'
import {
  ORDER_CLASSES,
  type OrderTerms,
  ORDER_TYPES,
  POST_ONLY,
  SELF_TRADE,
  TIMES_IN_FORCE,
} from './terms'

export type { Side }

const STATUSES = [
  'held',
  'pending_new',
  'new',
  'partially_filled',
  'suspended',
  'pending_cancel',
  'pending_replace',
  'filled',
  'canceled',
  'expired',
  'replaced',
  'rejected',
] as const
export type OrderStatus = (typeof STATUSES)[number]

const CLOSED: ReadonlySet<OrderStatus> = new Set([
  'filled',
  'canceled',
  'expired',
  'replaced',
  'rejected',
])

/** An order as the platform knows it: one state of its life. Times are RFC 3339. */
export interface Order extends OrderTerms {
  readonly id: string
  readonly clientOrderId: string
  readonly status: OrderStatus
  readonly filledQuantity: string
  readonly averagePrice: string | null
  readonly rejectReason: string | null
  readonly submittedAt: string
  readonly updatedAt: string
  /** Which exit it is: of an entry, or of a position. */
  readonly exit: 'take_profit' | 'stop_loss' | null
  /** The entry that an exit belongs to; of two exits without an entry the stop loss has the take profit here. */
  readonly parentId: string | null
  readonly replaces: string | null
  readonly replacedBy: string | null
}

export function isOpen(order: Order): boolean {
  return !CLOSED.has(order.status)
}

/** What is not filled yet, exactly; nothing of an order by amount, whose quantity is not told. */
export function remaining(order: Order): Decimal {
  if (order.quantity === null) return Decimal.ZERO
  return Decimal.parse(order.quantity).minus(Decimal.parse(order.filledQuantity))
}

/**
 * The state of one order that is further along its life. The rule, from the strongest:
 * closed is for ever; fills are never taken back; `held` comes before `pending_new`, and that before everything
 * else; then the later `updatedAt`. Each holds along every real history, so whoever keeps the further one ends
 * with the newest, in whatever order snapshots and updates arrive, and however often.
 */
export function furtherAlong(known: Order, heard: Order): Order {
  return compareProgress(heard, known) > 0 ? heard : known
}

function compareProgress(a: Order, b: Order): number {
  const closed = Number(!isOpen(a)) - Number(!isOpen(b))
  if (closed !== 0) return closed
  const filled = Decimal.parse(a.filledQuantity).compare(Decimal.parse(b.filledQuantity))
  if (filled !== 0) return filled
  const begun = beginning(a) - beginning(b)
  if (begun !== 0) return begun
  return compareTimes(a.updatedAt, b.updatedAt)
}

function beginning({ status }: Order): number {
  return status === 'held' ? 0 : status === 'pending_new' ? 1 : 2
}

/** Orders two RFC 3339 times in UTC, to the last digit of their fractions (a `Date` has milliseconds only). */
export function compareTimes(a: string, b: string): number {
  const [first, second] = [timeKey(a), timeKey(b)]
  return first < second ? -1 : first > second ? 1 : 0
}

function timeKey(time: string): string {
  const [whole = '', fraction = ''] = time.replace(/(Z|\+00:00)$/, '').split('.')
  return `${whole}.${fraction.padEnd(9, '0')}`
}

/** Reads the order object of the API and of the stream. Throws `MalformedDocument`. */
export function orderFrom(document: unknown): Order {
  const fields = record(document, 'order')
  return {
    id: text(fields, 'id'),
    clientOrderId: text(fields, 'client_order_id'),
    ...termsIn(fields),
    status: choice(fields, 'status', STATUSES),
    filledQuantity: decimal(fields, 'filled_qty'),
    averagePrice: optional(fields, 'filled_avg_price', decimal),
    rejectReason: optional(fields, 'reject_reason', text),
    submittedAt: text(fields, 'submitted_at'),
    updatedAt: text(fields, 'updated_at'),
    exit: optional(fields, 'exit', (all, name) => choice(all, name, ['take_profit', 'stop_loss'])),
    parentId: optional(fields, 'parent_id', text),
    replaces: optional(fields, 'replaces', text),
    replacedBy: optional(fields, 'replaced_by', text),
  }
}

function termsIn(fields: Fields): OrderTerms {
  const expiresAt = optional(fields, 'expires_at', text)
  const told = choice(fields, 'time_in_force', TIMES_IN_FORCE)
  return {
    symbol: text(fields, 'symbol'),
    side: choice(fields, 'side', ['buy', 'sell']),
    type: choice(fields, 'type', ORDER_TYPES),
    // What ends on a date is told as `gtc` with that date: other clients know no word for it.
    timeInForce: told === 'gtc' && expiresAt !== null ? 'gtd' : told,
    quantity: optional(fields, 'qty', decimal),
    notional: optional(fields, 'notional', decimal),
    limitPrice: optional(fields, 'limit_price', decimal),
    stopPrice: optional(fields, 'stop_price', decimal),
    trailPrice: optional(fields, 'trail_price', decimal),
    trailPercent: optional(fields, 'trail_percent', decimal),
    orderClass:
      optional(fields, 'order_class', (all, name) => choice(all, name, ORDER_CLASSES)) ?? 'simple',
    expiresAt,
    displayQuantity: optional(fields, 'display_qty', decimal),
    minimumQuantity: optional(fields, 'minimum_qty', decimal),
    postOnly: optional(fields, 'post_only', (all, name) => choice(all, name, POST_ONLY)),
    selfTradePrevention: optional(fields, 'self_trade_prevention', (all, name) =>
      choice(all, name, SELF_TRADE),
    ),
  }
}

/** An order with the legs that are written inside it, it first. */
export function withLegs(document: unknown): readonly [Order, ...Order[]] {
  const order = orderFrom(document)
  const legs = record(document, 'order')['legs']
  if (!Array.isArray(legs)) return [order]
  return [order, ...legs.map((leg) => ({ ...orderFrom(leg), parentId: order.id }))]
}
