/** Which field a refusal of the platform is about. */
import type { Problem } from '@/core/orders/problem'
import type { Field } from './fields'
import { sentence } from './reading'

/** By the case: what is enough without reading the sentence. The first field that is there takes it. */
const TYPES: Readonly<Record<string, readonly Field[]>> = {
  insufficient_buying_power: ['quantity', 'amount'],
  insufficient_shares: ['quantity', 'amount'],
  short_sale: ['quantity', 'amount'],
  order_qty_too_large: ['quantity', 'amount'],
  order_value_too_large: ['quantity', 'amount'],
  price_outside_band: ['price', 'stop', 'takeProfit', 'type'],
  no_reference_price: ['type'],
}

/** The request's fields, as the problem document names them. */
const FIELDS: Readonly<Record<string, readonly Field[]>> = {
  limit_price: ['price', 'takeProfit'],
  stop_price: ['stop', 'stopLoss'],
  trail: ['trail'],
  trail_price: ['trail'],
  trail_percent: ['trail'],
  qty: ['quantity'],
  notional: ['amount'],
  time_in_force: ['timeInForce'],
  type: ['type'],
  order_class: ['type'],
  side: ['type'],
  take_profit: ['takeProfit'],
  'take_profit.limit_price': ['takeProfit'],
  stop_loss: ['stopLoss'],
  'stop_loss.stop_price': ['stopLoss'],
  'stop_loss.limit_price': ['stopLossLimit'],
  expires_at: ['expiresAt'],
  display_qty: ['display'],
  minimum_qty: ['minimum'],
  post_only: ['postOnly'],
  self_trade_prevention: ['selfTrade'],
}

/** By the words of a sentence that names no field in front; the more exact first. */
const WORDS: readonly (readonly [RegExp, readonly Field[]])[] = [
  [/\bstop_loss\.limit_price\b/, ['stopLossLimit']],
  [/\btake_profit\b|take profit/, ['takeProfit']],
  [/\bstop_loss\b|stop loss/, ['stopLoss']],
  [/\bdisplay_qty\b/, ['display']],
  [/\bminimum_qty\b/, ['minimum']],
  [/\bpost_only\b/, ['postOnly']],
  [/\bexpires_at\b/, ['expiresAt']],
  [/\btrail(_price|_percent)?\b/, ['trail']],
  [/\blimit_price\b|price increment/, ['price', 'takeProfit']],
  [/\bstop_price\b|stop price/, ['stop', 'stopLoss']],
  [/\bnotional\b/, ['amount']],
  [/\bqty\b|fractionable/, ['quantity', 'amount']],
  [/\btime_in_force\b/, ['timeInForce']],
  [/market order|\btype\b/, ['type']],
]

/** The API's names of the fields, as the ticket calls them. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/\btake_profit\.limit_price\b|\btake_profit\b/g, 'take profit'],
  [/\bstop_loss\.stop_price\b|\bstop_loss\b(?!\.)/g, 'stop loss'],
  [/\bstop_loss\.limit_price\b/g, 'limit of the stop loss'],
  [/\blimit_price\b/g, 'price'],
  [/\bstop_price\b/g, 'stop price'],
  [/\btrail_price\b|\btrail_percent\b/g, 'trail'],
  [/\bdisplay_qty\b/g, 'shown quantity'],
  [/\bminimum_qty\b/g, 'minimum'],
  [/\bpost_only\b/g, '“only make”'],
  [/\bexpires_at\b/g, 'end'],
  [/\bnotional\b/g, 'amount'],
  [/\bqty\b/g, 'quantity'],
  [/\btime_in_force\b/g, 'time in force'],
  [/\border_class\b/g, 'order class'],
]

export interface Refusal {
  /** Null: about the order as a whole, or about a field that is not there. */
  readonly field: Field | null
  readonly sentence: string
  readonly requestId: string | null
}

/** `there`: the fields that the ticket shows. */
export function refusalOf(problem: Problem, there: ReadonlySet<Field>): Refusal {
  const [named] = Object.keys(problem.fields)
  const fields = named === undefined ? fieldsFor(problem) : FIELDS[named]
  return {
    field: fields?.find((each) => there.has(each)) ?? null,
    sentence: said(problem),
    requestId: problem.requestId,
  }
}

/** The platform's sentence in the ticket's words. */
export function said({ message }: Problem): string {
  return sentence(NAMES.reduce((text, [name, word]) => text.replace(name, word), message))
}

function fieldsFor({ type, message }: Problem): readonly Field[] | undefined {
  return TYPES[type] ?? WORDS.find(([words]) => words.test(message))?.[1]
}
