import { Decimal } from '../numbers/decimal'
import type { TradingRules } from '../portfolio/hold'
import { choice, decimal, type Fields, MalformedDocument, optional, record, text } from './fields'
import { type Order, orderFrom, type Side } from './order'

/** Cash and what it is worth together with the positions, in US dollars as exact decimal text. */
export interface Account {
  readonly cash: string
  readonly equity: string
  /** Cash that no open order holds. */
  readonly buyingPower: string
  /** False while the platform takes no orders of this account. */
  readonly mayTrade: boolean
  /** The user has switched trading off. */
  readonly isSuspended?: boolean
  /** What sales brought beyond what was paid, and what is paid for trading; absent on older platforms. */
  readonly figures?: AccountFigures
  /** By which its orders hold cash. Absent when the platform is older than they are. */
  readonly rules?: TradingRules
}

/** Amounts in US dollars and rates as fractions, all exact decimal text. */
export interface AccountFigures {
  /** Of all sales so far. */
  readonly realizedProfit: string | null
  readonly feeTier: string | null
  readonly makerFeeRate: string | null
  readonly takerFeeRate: string | null
  /** Deposits that are on their way. */
  readonly inTransit: string | null
}

/** Shares on hand. The cost is what they were bought for (average cost). */
export interface Position {
  readonly symbol: string
  readonly quantity: string
  readonly cost: string
}

/** One execution of one order. */
export interface Fill {
  readonly kind: 'fill'
  readonly id: string
  readonly orderId: string
  readonly symbol: string
  readonly side: Side
  readonly quantity: string
  readonly price: string
  readonly time: string
}

/** Cash that came or went (`amount` is signed), or shares that were granted. */
export interface Transfer {
  readonly kind: 'deposit' | 'withdrawal' | 'grant' | 'correction'
  readonly id: string
  readonly amount: string | null
  readonly symbol: string | null
  readonly quantity: string | null
  readonly time: string
}

export type Activity = Fill | Transfer

/** What the trading stream tells: an order right after an event, and the execution that the event was. */
export interface TradeUpdate {
  /** The account's own count of updates, without a gap. */
  readonly eventId: number
  /** What happened, in Alpaca's words. */
  readonly event: string
  readonly order: Order
  readonly fill: Fill | null
  /** The position after it; null when the event was no execution. */
  readonly positionQuantity: string | null
}

/** Reads the account object. Throws `MalformedDocument`, as all of these do. */
export function accountFrom(document: unknown): Account {
  const fields = record(document, 'account')
  return {
    cash: decimal(fields, 'cash'),
    equity: decimal(fields, 'equity'),
    buyingPower: decimal(fields, 'buying_power'),
    mayTrade: fields['account_blocked'] !== true && fields['trading_blocked'] !== true,
    isSuspended: fields['trade_suspended_by_user'] === true,
    figures: {
      realizedProfit: optional(fields, 'realized_pl', decimal),
      feeTier: optional(fields, 'fee_tier', text),
      makerFeeRate: optional(fields, 'maker_fee_rate', decimal),
      takerFeeRate: optional(fields, 'taker_fee_rate', decimal),
      inTransit: optional(fields, 'pending_transfer_in', decimal),
    },
    ...rulesIn(fields),
  }
}

function rulesIn(fields: Fields): Pick<Account, 'rules'> {
  const takerFeeRate = optional(fields, 'taker_fee_rate', decimal)
  const marketCollar = optional(fields, 'market_collar', decimal)
  if (takerFeeRate === null || marketCollar === null) return {}
  const makerFeeRate = optional(fields, 'maker_fee_rate', decimal)
  const rules = {
    takerFeeRate: Decimal.parse(takerFeeRate),
    ...(makerFeeRate === null ? {} : { makerFeeRate: Decimal.parse(makerFeeRate) }),
    marketCollar: Decimal.parse(marketCollar),
  }
  return { rules }
}

export function positionFrom(document: unknown): Position {
  const fields = record(document, 'position')
  return {
    symbol: text(fields, 'symbol'),
    quantity: decimal(fields, 'qty'),
    cost: decimal(fields, 'cost_basis'),
  }
}

const TRANSFERS = { JNLC: 'correction', CSD: 'deposit', CSW: 'withdrawal', JNLS: 'grant' } as const

/** An activity; null for a type that is not shown. */
export function activityFrom(document: unknown): Activity | null {
  const fields = record(document, 'activity')
  const type = text(fields, 'activity_type')
  if (type === 'FILL') {
    return {
      kind: 'fill',
      id: uuidOf(fields),
      orderId: text(fields, 'order_id'),
      symbol: text(fields, 'symbol'),
      side: choice(fields, 'side', ['buy', 'sell']),
      quantity: decimal(fields, 'qty'),
      price: decimal(fields, 'price'),
      time: text(fields, 'transaction_time'),
    }
  }
  const known = TRANSFERS[type as keyof typeof TRANSFERS] as Transfer['kind'] | undefined
  if (known === undefined) return null
  const isCorrection = (optional(fields, 'description', text) ?? '').startsWith('correction')
  const kind = isCorrection ? 'correction' : known
  return {
    kind,
    id: uuidOf(fields),
    amount: type === 'JNLS' ? null : decimal(fields, 'net_amount'),
    symbol: optional(fields, 'symbol', text),
    quantity: optional(fields, 'qty', decimal),
    time: text(fields, 'created_at'),
  }
}

/** The id of an activity is its time and the id of what it tells of, which the stream gives as well. */
function uuidOf(fields: Fields): string {
  return text(fields, 'id').split('::').at(-1) ?? ''
}

export function tradeUpdateFrom(document: unknown): TradeUpdate {
  const fields = record(document, 'update')
  const order = orderFrom(fields['order'])
  const event = text(fields, 'event')
  const number = text(fields, 'event_id')
  const eventId = Number(number)
  if (!Number.isSafeInteger(eventId) || eventId < 1) {
    throw new MalformedDocument(`event_id must be a number from 1 on: ${number}`)
  }
  if (optional(fields, 'execution_id', text) === null) {
    return { eventId, event, order, fill: null, positionQuantity: null }
  }
  return {
    eventId,
    event,
    order,
    fill: {
      kind: 'fill',
      id: text(fields, 'execution_id'),
      orderId: order.id,
      symbol: order.symbol,
      side: order.side,
      quantity: decimal(fields, 'qty'),
      price: decimal(fields, 'price'),
      time: text(fields, 'timestamp'),
    },
    positionQuantity: decimal(fields, 'position_qty'),
  }
}
