import type { Side } from '../market/state'
import { Decimal } from '../numbers/decimal'
import { choice, decimal, optional, record, text } from './fields'

export type { Side }
export type OrderType = 'market' | 'limit'
export type TimeInForce = 'day' | 'gtc' | 'ioc' | 'fok'

const STATUSES = [
  'pending_new',
  'new',
  'partially_filled',
  'pending_cancel',
  'filled',
  'canceled',
  'expired',
  'rejected',
] as const
export type OrderStatus = (typeof STATUSES)[number]

const CLOSED: ReadonlySet<OrderStatus> = new Set(['filled', 'canceled', 'expired', 'rejected'])

/** What somebody wants done. Quantity and price are exact decimal text, as the API takes them. */
export interface OrderTerms {
  readonly symbol: string
  readonly side: Side
  readonly type: OrderType
  readonly timeInForce: TimeInForce
  readonly quantity: string
  /** Null for a market order. */
  readonly limitPrice: string | null
}

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
}

export function sameTerms(a: OrderTerms, b: OrderTerms): boolean {
  return (
    a.symbol === b.symbol &&
    a.side === b.side &&
    a.type === b.type &&
    a.timeInForce === b.timeInForce &&
    a.quantity === b.quantity &&
    a.limitPrice === b.limitPrice
  )
}

export function isOpen(order: Order): boolean {
  return !CLOSED.has(order.status)
}

/** What is not filled yet, exactly. */
export function remaining(order: Order): Decimal {
  return Decimal.parse(order.quantity).minus(Decimal.parse(order.filledQuantity))
}

/**
 * The state of one order that is further along its life. The rule, from the strongest:
 * closed is for ever; fills are never taken back; `pending_new` comes before everything; then the later
 * `updatedAt`. Each holds along every real history, so whoever keeps the further one ends with the newest, in
 * whatever order snapshots and updates arrive, and however often.
 */
export function furtherAlong(known: Order, heard: Order): Order {
  return compareProgress(heard, known) > 0 ? heard : known
}

function compareProgress(a: Order, b: Order): number {
  const closed = Number(!isOpen(a)) - Number(!isOpen(b))
  if (closed !== 0) return closed
  const filled = Decimal.parse(a.filledQuantity).compare(Decimal.parse(b.filledQuantity))
  if (filled !== 0) return filled
  const decided = Number(a.status !== 'pending_new') - Number(b.status !== 'pending_new')
  if (decided !== 0) return decided
  return compareTimes(a.updatedAt, b.updatedAt)
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
    symbol: text(fields, 'symbol'),
    side: choice(fields, 'side', ['buy', 'sell']),
    type: choice(fields, 'type', ['market', 'limit']),
    timeInForce: choice(fields, 'time_in_force', ['day', 'gtc', 'ioc', 'fok']),
    quantity: decimal(fields, 'qty'),
    limitPrice: optional(fields, 'limit_price', decimal),
    status: choice(fields, 'status', STATUSES),
    filledQuantity: decimal(fields, 'filled_qty'),
    averagePrice: optional(fields, 'filled_avg_price', decimal),
    rejectReason: optional(fields, 'reject_reason', text),
    submittedAt: text(fields, 'submitted_at'),
    updatedAt: text(fields, 'updated_at'),
  }
}
