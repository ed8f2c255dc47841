/** What became of an order that was sent, in one line. */
import type { Order } from '@/core/orders/order'
import type { Submission } from '@/core/orders/submission'
import { grouped } from '@/core/numbers/instrument'
import { describe, price } from '@/shared/trading/words'
import { said } from './refusals'

export interface Outcome {
  readonly tone: 'quiet' | 'good' | 'warn' | 'bad'
  readonly text: string
}

/** `order` is its newest state, once there is one. */
export function outcomeOf(submission: Submission, order: Order | null): Outcome {
  const act = describe(submission.terms)
  switch (submission.phase) {
    case 'sending':
      return { tone: 'quiet', text: `Sending: ${act}` }
    case 'unknown':
      return { tone: 'warn', text: `Unknown, checking: ${act}` }
    case 'refused': {
      const why = submission.problem === null ? 'No reason was given.' : said(submission.problem)
      return { tone: 'bad', text: `Not placed: ${act}. ${why}` }
    }
    case 'accepted':
      return outcomeOfOrder(act, order ?? submission.order)
  }
}

function outcomeOfOrder(act: string, order: Order | null): Outcome {
  switch (order?.status) {
    case 'filled':
      return { tone: 'good', text: `Filled ${executed(order)}: ${act}` }
    case 'partially_filled':
    case 'pending_cancel':
    case 'pending_replace':
    case 'suspended':
      return order.averagePrice === null
        ? accepted(order, act)
        : {
            tone: 'good',
            text: `Filled ${executed(order)}${ofWhole(order)}, working: ${act}`,
          }
    case 'canceled':
    case 'expired': {
      const how = order.status === 'canceled' ? 'Cancelled' : 'Expired'
      const filled = order.averagePrice === null ? 'nothing filled' : `filled ${executed(order)}`
      return { tone: 'quiet', text: `${how}, ${filled}: ${act}` }
    }
    case 'rejected': {
      const why = order.rejectReason === null ? '' : ` (${order.rejectReason})`
      return { tone: 'bad', text: `Rejected${why}: ${act}` }
    }
    case 'replaced':
      return { tone: 'quiet', text: `Changed, and works on as another order: ${act}` }
    default:
      return accepted(order, act)
  }
}

function accepted(order: Order | null, act: string): Outcome {
  const waits = order?.status === 'suspended' ? ', its symbol is halted' : ''
  return { tone: 'quiet', text: `Accepted${waits}: ${act}` }
}

function ofWhole({ quantity }: Order): string {
  return quantity === null ? '' : ` of ${grouped(quantity)}`
}

function executed(order: Order): string {
  // Averages may be long: four decimals are enough for a line.
  const at = order.averagePrice === null ? '' : ` @ ${price(order.averagePrice, 4)}`
  return `${grouped(order.filledQuantity)}${at}`
}
