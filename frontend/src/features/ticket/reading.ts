/** From what was typed to an order, exactly; or to a sentence for each field that is not right. Pure. */
import { Decimal } from '@/core/numbers/decimal'
import {
  formatPrice,
  formatQuantity,
  type Increments,
  type Parsed,
  parsePrice,
  parseQuantity,
  priceText,
  quantityText,
} from '@/core/numbers/instrument'
import { type OrderRequest, PLAIN } from '@/core/orders/terms'
import { collarTicks, type TradingRules } from '@/core/portfolio/hold'
import type { TicketForm, TicketTexts } from '@/shared/trading/ticket'
import { describe } from '@/shared/trading/words'
import { type Field, fieldsOf, isByAmount, isEntry, isPair, timeInForceOf } from './fields'

export interface Reading {
  /** Null while something is missing or wrong. */
  readonly request: OrderRequest | null
  readonly problems: Readonly<Partial<Record<Field, string>>>
  readonly lots: number | null
  /** The worst price at which it may trade: the limit, or the collar of what has none. */
  readonly worstTicks: number | null
  /** Cash of an order by amount. */
  readonly amount: Decimal | null
}

type Problems = Partial<Record<Field, string>>

export function readTicket(
  instrument: Increments,
  form: TicketForm,
  lastTicks: number | null,
  rules?: TradingRules,
): Reading {
  const problems: Problems = {}
  const fields = fieldsOf(form)
  const counted = (name: keyof TicketTexts, parse: typeof parsePrice, optional = false) => {
    if (!fields.has(name) || (optional && form[name].trim() === '')) return null
    return taken(problems, name, parse(instrument, form[name]))
  }
  const priced = (name: keyof TicketTexts, optional = false) => counted(name, parsePrice, optional)
  const isEntryOnly = isEntry(form)
  const ticks = {
    price: priced('price'),
    stop: priced('stop'),
    takeProfit: priced('takeProfit', isEntryOnly),
    stopLoss: priced('stopLoss', isEntryOnly),
    stopLossLimit: priced('stopLossLimit', true),
  }
  const lots = counted('quantity', parseQuantity)
  const display = counted('display', parseQuantity, true)
  const minimum = counted('minimum', parseQuantity, true)
  const trail = fields.has('trail') ? trailOf(instrument, form, problems) : null
  const amount = fields.has('amount') ? amountOf(form, problems) : null
  const expiresAt = fields.has('expiresAt') ? dateOf(form, problems) : null
  checkExits(form, ticks, problems)
  checkParts(lots, display, minimum, problems)
  if (form.type === 'market' && lastTicks === null) {
    problems.type = `${instrument.symbol} has not traded yet, so a market order has no price to be bounded by. Use a limit order.`
  }
  const worstTicks = worstOf(instrument, form, ticks, trail, lastTicks, rules)
  const partial = { problems, lots, worstTicks, amount }
  const isSized = isByAmount(form) ? amount !== null : lots !== null
  if (Object.keys(problems).length > 0 || !isSized) return { ...partial, request: null }
  const text = (count: number | null) => (count === null ? null : priceText(instrument, count))
  const size = (count: number | null) => (count === null ? null : quantityText(instrument, count))
  const isOco = isPair(form)
  const request: OrderRequest = {
    ...PLAIN,
    symbol: instrument.symbol,
    side: form.side,
    type: form.type === 'oco' ? 'limit' : form.type,
    timeInForce: timeInForceOf(form),
    quantity: size(lots),
    notional: amount?.toString() ?? null,
    limitPrice: text(isOco ? ticks.takeProfit : ticks.price),
    stopPrice: text(ticks.stop),
    trailPrice: form.trailBy === 'price' ? trail : null,
    trailPercent: form.trailBy === 'percent' ? trail : null,
    orderClass: classOf(form, ticks),
    takeProfit: text(ticks.takeProfit),
    stopLoss: text(ticks.stopLoss),
    stopLossLimit: ticks.stopLoss === null ? null : text(ticks.stopLossLimit),
    expiresAt,
    displayQuantity: size(display),
    minimumQuantity: size(minimum),
    postOnly: fields.has('postOnly') ? form.postOnly || null : null,
    selfTradePrevention: fields.has('selfTrade') ? form.selfTrade || null : null,
  }
  return { ...partial, request }
}

interface Ticks {
  readonly price: number | null
  readonly stop: number | null
  readonly takeProfit: number | null
  readonly stopLoss: number | null
  readonly stopLossLimit: number | null
}

function classOf(form: TicketForm, ticks: Ticks): OrderRequest['orderClass'] {
  if (isPair(form)) return 'oco'
  if (!isEntry(form)) return 'simple'
  return ticks.takeProfit !== null && ticks.stopLoss !== null ? 'bracket' : 'oto'
}

function taken(problems: Problems, field: Field, parsed: Parsed): number | null {
  if (parsed.ok) return parsed.value
  problems[field] = sentence(parsed.problem)
  return null
}

/** How far a trailing stop stays behind, as the API takes it. */
function trailOf(instrument: Increments, form: TicketForm, problems: Problems): string | null {
  if (form.trailBy === 'price') {
    const ticks = taken(problems, 'trail', parsePrice(instrument, form.trail))
    return ticks === null ? null : priceText(instrument, ticks)
  }
  const percent = Decimal.read(form.trail.trim())
  const isFit = percent !== null && percent.sign > 0 && percent.compare(Decimal.of(100)) < 0
  if (isFit && percent.trimmed().scale <= 2) return percent.trimmed().toString()
  problems.trail = 'Enter a percentage above 0 and below 100, in steps of 0.01.'
  return null
}

function amountOf(form: TicketForm, problems: Problems): Decimal | null {
  const value = Decimal.read(form.amount.replaceAll(/[,\s$]/g, ''))
  if (value !== null && value.sign > 0 && value.trimmed().scale <= 2) return value
  problems.amount = 'Enter an amount in dollars, such as 250.00.'
  return null
}

function dateOf(form: TicketForm, problems: Problems): string | null {
  const time = Date.parse(form.expiresAt)
  if (!Number.isNaN(time)) return new Date(time).toISOString()
  problems.expiresAt = 'Choose the date and time at which it ends.'
  return null
}

/** Exits lie on both sides of where one comes in; for a sell as seen from what one has. */
function checkExits(form: TicketForm, ticks: Ticks, problems: Problems): void {
  const { takeProfit, stopLoss, stopLossLimit, price } = ticks
  const isEntering = isEntry(form)
  if (!isEntering && !isPair(form)) return
  if (isEntering && takeProfit === null && stopLoss === null) {
    problems.takeProfit ??= 'Enter a take profit, a stop loss, or both.'
  }
  // Leaving by selling, the better price is the higher one; by buying, the lower one.
  const sign = isEntering || form.side === 'sell' ? 1 : -1
  const isAbove = (a: number | null, b: number | null) =>
    a === null || b === null || sign * (a - b) > 0
  const [better, worse] = sign > 0 ? ['above', 'below'] : ['below', 'above']
  if (!isAbove(takeProfit, stopLoss)) {
    problems.takeProfit = `The take profit has to be ${better} the stop loss.`
  } else if (isEntering && !isAbove(takeProfit, price)) {
    problems.takeProfit = 'The take profit has to be above the price of the entry.'
  }
  if (isEntering && !isAbove(price, stopLoss)) {
    problems.stopLoss = 'The stop loss has to be below the price of the entry.'
  }
  if (stopLoss !== null && stopLossLimit !== null && sign * (stopLossLimit - stopLoss) > 0) {
    problems.stopLossLimit = `The limit has to be at the stop loss or ${worse} it.`
  }
}

function checkParts(
  lots: number | null,
  display: number | null,
  minimum: number | null,
  problems: Problems,
): void {
  if (lots === null) return
  if (display !== null && display > lots) problems.display = 'It cannot show more than there is.'
  if (minimum !== null && minimum > lots) problems.minimum = 'It is more than the whole quantity.'
}

function worstOf(
  instrument: Increments,
  form: TicketForm,
  ticks: Ticks,
  trail: string | null,
  lastTicks: number | null,
  rules: TradingRules | undefined,
): number | null {
  const collared = (from: number | null) =>
    from === null ? null : collarTicks(form.side, from, rules)
  switch (form.type) {
    case 'limit':
    case 'stop_limit':
      return ticks.price
    case 'market':
      return collared(lastTicks)
    case 'stop':
      return collared(ticks.stop)
    case 'trailing_stop':
      return collared(trailingStart(instrument, form, trail, lastTicks))
    case 'oco':
      // A sell gets at least what its stop loss brings; a buy pays at most that.
      return ticks.stopLossLimit ?? collared(ticks.stopLoss)
  }
}

/** Where a trailing stop stands when it is placed: behind the last price. */
function trailingStart(
  instrument: Increments,
  form: TicketForm,
  trail: string | null,
  lastTicks: number | null,
): number | null {
  if (trail === null || lastTicks === null) return null
  const sign = form.side === 'buy' ? 1 : -1
  if (form.trailBy === 'price') {
    const behind = parsePrice(instrument, trail)
    return behind.ok ? Math.max(1, lastTicks + sign * behind.value) : null
  }
  return Math.max(1, Math.round(lastTicks * (1 + (sign * Number(trail)) / 100)))
}

/** The whole act: "Buy 100 ACME at 101.25". What is not known yet is left out. */
export function actOf(instrument: Increments, form: TicketForm, reading: Reading): string {
  const { request, lots, worstTicks } = reading
  if (request !== null) return capitalised(describe(request))
  const verb = form.side === 'buy' ? 'Buy' : 'Sell'
  const what =
    lots === null ? instrument.symbol : `${formatQuantity(instrument, lots)} ${instrument.symbol}`
  if (worstTicks === null || form.type !== 'limit') return `${verb} ${what}`
  return `${verb} ${what} at ${formatPrice(instrument, worstTicks)}`
}

/** What bounds an order without a limit: "At most 106.31 each". Null for those that say it in their act. */
export function boundOf(instrument: Increments, form: TicketForm, reading: Reading): string | null {
  const { worstTicks } = reading
  if (worstTicks === null) return null
  const bound = form.side === 'buy' ? 'At most' : 'At least'
  const each = `${bound} ${formatPrice(instrument, worstTicks)} each`
  if (form.type === 'market') return `${each}; what that does not reach is cancelled.`
  if (form.type === 'stop') return `${each} once the stop is reached.`
  if (form.type === 'trailing_stop')
    return `${each} from where it stands now; the stop moves with the market.`
  return null
}

export function sentence(problem: string): string {
  const text = capitalised(problem)
  return /[.!?]$/.test(text) ? text : `${text}.`
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
