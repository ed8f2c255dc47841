/** What somebody wants done. Quantities, prices and amounts are exact decimal text, as the API takes them. */
import type { Side } from '../market/state'

export const ORDER_TYPES = ['market', 'limit', 'stop', 'stop_limit', 'trailing_stop'] as const
export type OrderType = (typeof ORDER_TYPES)[number]

/** `gtd` is ours: until `expiresAt`. */
export const TIMES_IN_FORCE = ['day', 'gtc', 'gtd', 'ioc', 'fok'] as const
export type TimeInForce = (typeof TIMES_IN_FORCE)[number]

/** How an order belongs to others: a bracket is an entry with two exits, `oto` one with one, `oco` two exits alone. */
export const ORDER_CLASSES = ['simple', 'bracket', 'oco', 'oto'] as const
export type OrderClass = (typeof ORDER_CLASSES)[number]

/** What becomes of an order that must not take: refused, or put behind the touch. */
export const POST_ONLY = ['reject', 'reprice'] as const
export type PostOnly = (typeof POST_ONLY)[number]

export const SELF_TRADE = [
  'none',
  'cancel_newest',
  'cancel_oldest',
  'cancel_both',
  'decrement',
] as const
export type SelfTradePrevention = (typeof SELF_TRADE)[number]

/** What an order says of itself, whatever becomes of it. What does not belong to its type is null. */
export interface OrderTerms {
  readonly symbol: string
  readonly side: Side
  readonly type: OrderType
  readonly timeInForce: TimeInForce
  /** Null for an order by amount. */
  readonly quantity: string | null
  /** The cash to be spent or got, instead of a quantity. */
  readonly notional: string | null
  readonly limitPrice: string | null
  /** Where a stop acts; of a trailing stop: where it stands. */
  readonly stopPrice: string | null
  readonly trailPrice: string | null
  readonly trailPercent: string | null
  readonly orderClass: OrderClass
  /** RFC 3339; beside `gtd` only. */
  readonly expiresAt: string | null
  /** What an iceberg shows. */
  readonly displayQuantity: string | null
  readonly minimumQuantity: string | null
  readonly postOnly: PostOnly | null
  readonly selfTradePrevention: SelfTradePrevention | null
}

/** An order to be placed, with the prices of its exits. */
export interface OrderRequest extends OrderTerms {
  readonly takeProfit: string | null
  readonly stopLoss: string | null
  /** The stop loss becomes a stop limit. */
  readonly stopLossLimit: string | null
}

/** All that a plain market or limit order does not have. */
export const PLAIN = {
  notional: null,
  limitPrice: null,
  stopPrice: null,
  trailPrice: null,
  trailPercent: null,
  orderClass: 'simple',
  expiresAt: null,
  displayQuantity: null,
  minimumQuantity: null,
  postOnly: null,
  selfTradePrevention: null,
  takeProfit: null,
  stopLoss: null,
  stopLossLimit: null,
} as const satisfies Partial<OrderRequest>

export function sameRequest(a: OrderRequest, b: OrderRequest): boolean {
  const names = Object.keys({ ...PLAIN, ...a, ...b }) as (keyof OrderRequest)[]
  return names.every((name) => a[name] === b[name])
}

/** Whether an order says something that only the platform's own door takes. */
export function isOurs(terms: OrderTerms): boolean {
  return (
    terms.timeInForce === 'gtd' ||
    terms.displayQuantity !== null ||
    terms.minimumQuantity !== null ||
    terms.postOnly !== null ||
    terms.selfTradePrevention !== null
  )
}

/** The API's names of what an order request says. */
const NAMES = {
  symbol: 'symbol',
  side: 'side',
  type: 'type',
  timeInForce: 'time_in_force',
  quantity: 'qty',
  notional: 'notional',
  limitPrice: 'limit_price',
  stopPrice: 'stop_price',
  trailPrice: 'trail_price',
  trailPercent: 'trail_percent',
  expiresAt: 'expires_at',
  displayQuantity: 'display_qty',
  minimumQuantity: 'minimum_qty',
  postOnly: 'post_only',
  selfTradePrevention: 'self_trade_prevention',
} as const satisfies Partial<Record<keyof OrderRequest, string>>

/** The body of a request to place an order; what is null is left out. */
export function requestBody(request: OrderRequest, clientOrderId: string): Record<string, unknown> {
  const body: Record<string, unknown> = { client_order_id: clientOrderId }
  for (const [name, field] of Object.entries(NAMES)) {
    const value = request[name as keyof typeof NAMES]
    if (value !== null) body[field] = value
  }
  const { orderClass, takeProfit, stopLoss, stopLossLimit } = request
  if (orderClass !== 'simple') body['order_class'] = orderClass
  if (takeProfit !== null) body['take_profit'] = { limit_price: takeProfit }
  if (stopLoss !== null) {
    const limit = stopLossLimit === null ? {} : { limit_price: stopLossLimit }
    body['stop_loss'] = { stop_price: stopLoss, ...limit }
  }
  return body
}

/** What a replacement says anew of an open order. What is absent stays. */
export interface Replacement {
  readonly quantity?: string
  readonly limitPrice?: string
  readonly stopPrice?: string
  /** Of a trailing stop, in whichever unit it trails. */
  readonly trail?: string
  readonly timeInForce?: 'day' | 'gtc'
}

export function replacementBody(
  change: Replacement,
  clientOrderId: string,
): Record<string, string> {
  const { quantity, limitPrice, stopPrice, trail, timeInForce } = change
  return {
    client_order_id: clientOrderId,
    ...(quantity === undefined ? {} : { qty: quantity }),
    ...(limitPrice === undefined ? {} : { limit_price: limitPrice }),
    ...(stopPrice === undefined ? {} : { stop_price: stopPrice }),
    ...(trail === undefined ? {} : { trail }),
    ...(timeInForce === undefined ? {} : { time_in_force: timeInForce }),
  }
}
