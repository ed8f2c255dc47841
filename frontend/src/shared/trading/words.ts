/** Values of orders and fills as people read them, in every panel the same. */
import { grouped } from '@/core/numbers/instrument'
import { formatMoney } from '@/core/numbers/money'
import type { OrderStatus, OrderTerms, Side, TimeInForce } from '@/core/orders/order'

export const STATUS: Readonly<Record<OrderStatus, string>> = {
  pending_new: 'Sent',
  new: 'Working',
  partially_filled: 'Partly filled',
  pending_cancel: 'Cancelling',
  filled: 'Filled',
  canceled: 'Cancelled',
  expired: 'Expired',
  rejected: 'Rejected',
}

export const TIME_IN_FORCE: Readonly<Record<TimeInForce, string>> = {
  day: 'Day',
  gtc: 'Until cancelled',
  ioc: 'Immediate or cancel',
  fok: 'Fill or kill',
}

export const SIDE: Readonly<Record<Side, string>> = { buy: 'Buy', sell: 'Sell' }

/** At least two decimals, and as many as there are up to `most`. */
export function price(text: string, most = 10): string {
  const decimals = text.split('.')[1]?.length ?? 0
  return formatMoney(text, { decimals: Math.min(Math.max(decimals, 2), most) })
}

export function quantity(text: string): string {
  return grouped(text)
}

/** "buy 100 ACME at 101.25": an order in a line. */
export function describe(order: OrderTerms): string {
  const at = order.limitPrice === null ? 'at market' : `at ${price(order.limitPrice)}`
  return `${order.side} ${quantity(order.quantity)} ${order.symbol} ${at}`
}

const time = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: '2-digit' })

/** Local time, with the day when it is not today's. */
export function moment(text: string, now = new Date()): string {
  const at = new Date(text)
  const isToday = at.toDateString() === now.toDateString()
  return isToday ? time.format(at) : `${day.format(at)} ${time.format(at)}`
}
