/**
 * What was sent and is not decided, kept over a reload, a crash or the end of a session: the same click after it
 * must not be another order. One tab's own, and each user's apart.
 */
import { choice, decimal, MalformedDocument, optional, record, text } from './fields'
import { isUndecided, type Sent, type Submissions } from './submission'
import {
  ORDER_CLASSES,
  ORDER_TYPES,
  type OrderRequest,
  POST_ONLY,
  SELF_TRADE,
  TIMES_IN_FORCE,
} from './terms'

export type UndecidedStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

export class Undecided {
  private readonly key: string
  private written: string | null

  constructor(
    private readonly storage: UndecidedStorage,
    userId: string,
    private readonly report: (problem: string) => void,
  ) {
    this.key = `undecided:${userId}`
    this.written = storage.getItem(this.key)
  }

  /** What an earlier page left behind, newest first. */
  load(): readonly Sent[] {
    try {
      const entries: unknown = JSON.parse(this.written ?? '[]')
      return Array.isArray(entries) ? entries.map(sentFrom) : []
    } catch (error) {
      if (!(error instanceof MalformedDocument) && !(error instanceof SyntaxError)) throw error
      this.report(`what was sent before cannot be read: ${error.message}`)
      return []
    }
  }

  keep(submissions: Submissions): void {
    const undecided = submissions.all.filter(isUndecided)
    const entries = undecided.map(({ clientOrderId, terms }): Sent => ({ clientOrderId, terms }))
    const next = entries.length === 0 ? null : JSON.stringify(entries)
    if (next === this.written) return
    this.written = next
    try {
      if (next === null) this.storage.removeItem(this.key)
      else this.storage.setItem(this.key, next)
    } catch (error) {
      // A full or forbidden storage does not keep anybody from trading.
      this.report(`what was sent cannot be kept: ${String(error)}`)
    }
  }
}

function sentFrom(entry: unknown): Sent {
  const fields = record(entry, 'submission')
  return { clientOrderId: text(fields, 'clientOrderId'), terms: requestFrom(fields['terms']) }
}

function requestFrom(value: unknown): OrderRequest {
  const fields = record(value, 'terms')
  const amount = (name: string) => optional(fields, name, decimal)
  return {
    symbol: text(fields, 'symbol'),
    side: choice(fields, 'side', ['buy', 'sell']),
    type: choice(fields, 'type', ORDER_TYPES),
    timeInForce: choice(fields, 'timeInForce', TIMES_IN_FORCE),
    quantity: amount('quantity'),
    notional: amount('notional'),
    limitPrice: amount('limitPrice'),
    stopPrice: amount('stopPrice'),
    trailPrice: amount('trailPrice'),
    trailPercent: amount('trailPercent'),
    orderClass:
      optional(fields, 'orderClass', (f, name) => choice(f, name, ORDER_CLASSES)) ?? 'simple',
    expiresAt: optional(fields, 'expiresAt', text),
    displayQuantity: amount('displayQuantity'),
    minimumQuantity: amount('minimumQuantity'),
    postOnly: optional(fields, 'postOnly', (f, name) => choice(f, name, POST_ONLY)),
    selfTradePrevention: optional(fields, 'selfTradePrevention', (f, name) =>
      choice(f, name, SELF_TRADE),
    ),
    takeProfit: amount('takeProfit'),
    stopLoss: amount('stopLoss'),
    stopLossLimit: amount('stopLossLimit'),
  }
}
