/** Values of orders and fills as people read them, in every panel the same. */
import { grouped } from '@/core/numbers/instrument'
import { formatMoney } from '@/core/numbers/money'
import type { OrderStatus, Side } from '@/core/orders/order'
import type { OrderRequest, OrderTerms, OrderType, TimeInForce } from '@/core/orders/terms'

export const STATUS: Readonly<Record<OrderStatus, string>> = {
  held: 'Waits for its entry',
  pending_new: 'Sent',
  new: 'Working',
  partially_filled: 'Partly filled',
  suspended: 'Halted',
  pending_cancel: 'Cancelling',
  pending_replace: 'Changing',
  filled: 'Filled',
  canceled: 'Cancelled',
  expired: 'Expired',
  replaced: 'Replaced',
  rejected: 'Rejected',
}

export const TIME_IN_FORCE: Readonly<Record<TimeInForce, string>> = {
  day: 'Day',
  gtc: 'Until cancelled',
  gtd: 'Until a date',
  ioc: 'Immediate or cancel',
  fok: 'Fill or kill',
}

export const TYPE: Readonly<Record<OrderType, string>> = {
  limit: 'Limit',
  market: 'Market',
  stop: 'Stop',
  stop_limit: 'Stop limit',
  trailing_stop: 'Trailing stop',
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

/** "buy 100 ACME at 101.25", "sell 5 ACME, stop at 99.00": an order in a line. */
export function describe(order: OrderTerms & Partial<OrderRequest>): string {
  return `${order.side} ${sizeOf(order)} ${how(order)}${exitsOf(order)}`
}

function sizeOf({ quantity: size, notional, symbol }: OrderTerms): string {
  if (size !== null) return `${quantity(size)} ${symbol}`
  return notional === null ? symbol : `${symbol} for $${formatMoney(notional)}`
}

function how(order: OrderTerms): string {
  const { limitPrice, stopPrice, trailPrice, trailPercent } = order
  const limit = limitPrice === null ? '' : price(limitPrice)
  const stop = stopPrice === null ? '' : price(stopPrice)
  switch (order.type) {
    case 'market':
      return 'at market'
    case 'limit':
      return `at ${limit}`
    case 'stop':
      return `with a stop at ${stop}`
    case 'stop_limit':
      return `with a stop at ${stop}, limit ${limit}`
    case 'trailing_stop':
      return trailPercent === null
        ? `with a stop trailing by ${trailPrice === null ? '' : price(trailPrice)}`
        : `with a stop trailing by ${trailPercent} %`
  }
}

/** The prices of the exits, as far as the order is their entry. */
function exitsOf({ orderClass, takeProfit, stopLoss }: OrderTerms & Partial<OrderRequest>): string {
  if (orderClass === 'oco') return stopLoss == null ? '' : `, or with a stop at ${price(stopLoss)}`
  const parts = [
    takeProfit == null ? [] : [`take profit at ${price(takeProfit)}`],
    stopLoss == null ? [] : [`stop loss at ${price(stopLoss)}`],
  ].flat()
  return parts.length === 0 ? '' : `, then ${parts.join(' or ')}`
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
