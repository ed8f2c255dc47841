/** Which fields the ticket has for each kind of order, and what may be chosen in them. Pure. */
import type { TimeInForce } from '@/core/orders/terms'
import { TIMES_IN_FORCE } from '@/core/orders/terms'
import type { TicketForm, TicketTexts } from '@/shared/trading/ticket'

export type Field = keyof TicketTexts | 'type' | 'timeInForce' | 'postOnly' | 'selfTrade'

const RESTING: readonly TimeInForce[] = ['day', 'gtc', 'gtd']

/** The times in force that the market takes with what is written. */
export function timesInForce(form: TicketForm): readonly TimeInForce[] {
  if (isByAmount(form)) return ['day']
  if (isPair(form) || isEntry(form)) return ['day', 'gtc']
  if (form.type === 'limit') return TIMES_IN_FORCE
  if (form.type === 'market') return TIMES_IN_FORCE.filter((each) => each !== 'gtd')
  return RESTING
}

/** The one that holds: what was chosen for another kind of order and is not offered for this gives way. */
export function timeInForceOf(form: TicketForm): TimeInForce {
  const offered = timesInForce(form)
  return offered.includes(form.timeInForce) ? form.timeInForce : (offered[0] ?? 'day')
}

/** A market order for a sum of cash. */
export function isByAmount({ type, sizeBy }: TicketForm): boolean {
  return type === 'market' && sizeBy === 'amount'
}

/** A take profit and a stop loss for what one has. */
export function isPair({ type }: TicketForm): boolean {
  return type === 'oco'
}

/** An order with exits. Only buys have them: an exit that buys back would need cash that nobody holds. */
export function isEntry({ side, type, hasExits, sizeBy }: TicketForm): boolean {
  return hasExits && side === 'buy' && type !== 'oco' && !(type === 'market' && sizeBy === 'amount')
}

/** The fields that are there. */
export function fieldsOf(form: TicketForm): ReadonlySet<Field> {
  const tif = timeInForceOf(form)
  const fields: Field[] = ['type', 'timeInForce', isByAmount(form) ? 'amount' : 'quantity']
  if (form.type === 'limit' || form.type === 'stop_limit') fields.push('price')
  if (form.type === 'stop' || form.type === 'stop_limit') fields.push('stop')
  if (form.type === 'trailing_stop') fields.push('trail')
  if (isPair(form) || isEntry(form)) fields.push('takeProfit', 'stopLoss', 'stopLossLimit')
  if (tif === 'gtd') fields.push('expiresAt')
  if (!hasOwnTerms(form)) return new Set(fields)
  fields.push('selfTrade')
  const rests = RESTING.includes(tif)
  if ((form.type === 'limit' || form.type === 'stop_limit') && rests) fields.push('display')
  if (form.type === 'limit' && rests) fields.push('postOnly')
  const isWhole = tif === 'fok' || (form.type === 'limit' && rests && form.postOnly !== '')
  if (['limit', 'market', 'stop_limit'].includes(form.type) && !isWhole) fields.push('minimum')
  return new Set(fields)
}

/** Whether the platform's own terms may stand beside it: orders that stand alone. */
export function hasOwnTerms(form: TicketForm): boolean {
  return !isPair(form) && !isEntry(form) && !isByAmount(form)
}
