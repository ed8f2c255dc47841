/** From what was typed to an order, exactly; or to a sentence for each field that is not right. Pure. */
import {
  formatPrice,
  formatQuantity,
  type Increments,
  LARGEST_COUNT,
  parsePrice,
  parseQuantity,
  priceText,
  quantityText,
} from '@/core/numbers/instrument'
import { collarTicks, type TradingRules } from '@/core/portfolio/hold'
import type { OrderTerms } from '@/core/orders/order'
import type { TicketForm } from '@/shared/trading/ticket'

export type Field = 'quantity' | 'price' | 'type' | 'timeInForce'

export interface Reading {
  /** Null while something is missing or wrong. */
  readonly terms: OrderTerms | null
  readonly problems: Readonly<Partial<Record<Field, string>>>
  readonly lots: number | null
  /** The worst price at which it may trade: the limit, or a market order's collar. */
  readonly worstTicks: number | null
}

export function readTicket(
  instrument: Increments,
  form: TicketForm,
  lastTicks: number | null,
  rules?: TradingRules,
): Reading {
  const problems: Partial<Record<Field, string>> = {}
  const quantity = parseQuantity(instrument, form.quantity)
  if (!quantity.ok) problems.quantity = sentence(quantity.problem)
  let worstTicks: number | null = null
  if (form.type === 'limit') {
    const price = parsePrice(instrument, form.price)
    if (price.ok) worstTicks = price.value
    else problems.price = sentence(price.problem)
  } else if (lastTicks === null) {
    problems.type = `${instrument.symbol} has not traded yet, so a market order has no price to be bounded by. Use a limit order.`
  } else {
    worstTicks = collarTicks(form.side, lastTicks, rules)
  }
  const lots = quantity.ok ? quantity.value : null
  const terms =
    lots === null || worstTicks === null ? null : termsOf(instrument, form, lots, worstTicks)
  return { terms, problems, lots, worstTicks }
}

function termsOf(
  instrument: Increments,
  form: TicketForm,
  lots: number,
  worstTicks: number,
): OrderTerms {
  return {
    symbol: instrument.symbol,
    side: form.side,
    type: form.type,
    timeInForce: form.timeInForce,
    quantity: quantityText(instrument, lots),
    limitPrice: form.type === 'limit' ? priceText(instrument, worstTicks) : null,
  }
}

/** The whole act: "Buy 100 ACME at 101.25". What is not known yet is left out. */
export function actOf(instrument: Increments, form: TicketForm, reading: Reading): string {
  const verb = form.side === 'buy' ? 'Buy' : 'Sell'
  const { lots, worstTicks } = reading
  const what =
    lots === null ? instrument.symbol : `${formatQuantity(instrument, lots)} ${instrument.symbol}`
  if (worstTicks === null) return `${verb} ${what}`
  return `${verb} ${what} at ${form.type === 'market' ? 'market' : formatPrice(instrument, worstTicks)}`
}

/** What bounds a market order: "At most 106.31 each". Null for a limit order, which says it in its act. */
export function boundOf(instrument: Increments, form: TicketForm, reading: Reading): string | null {
  if (form.type !== 'market' || reading.worstTicks === null) return null
  const bound = form.side === 'buy' ? 'At most' : 'At least'
  return `${bound} ${formatPrice(instrument, reading.worstTicks)} each; what that does not reach is cancelled.`
}

/**
 * The text after so many steps. From nothing it starts at `start`; from between two steps it goes to the next
 * one; what is no number stays as it is.
 */
export function stepped(
  field: 'quantity' | 'price',
  instrument: Increments,
  text: string,
  by: number,
  start: number,
): string {
  const parse = field === 'quantity' ? parseQuantity : parsePrice
  const format = field === 'quantity' ? quantityText : priceText
  if (text.trim() === '') return format(instrument, within(by > 0 || start > 1 ? start : 1))
  const now = parse(instrument, text)
  return now.ok ? format(instrument, within(now.value + by)) : text
}

function within(count: number): number {
  return Math.min(Math.max(count, 1), LARGEST_COUNT)
}

export function sentence(problem: string): string {
  const text = problem.charAt(0).toUpperCase() + problem.slice(1)
  return /[.!?]$/.test(text) ? text : `${text}.`
}
