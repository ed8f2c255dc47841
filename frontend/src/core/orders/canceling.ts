import {
  asked,
  type CancelAnswer,
  cancelAnswered,
  cancelLooked,
  cancelRejected,
  nextLookMs,
  settledCancels,
} from './cancels'
import type { Host } from './host'
import type { Order } from './order'
import { openIds, withoutOrder } from './records'

const PATIENCE_MS = 500

/** Carries cancels out, and finds out what became of them. */
export class Canceling {
  constructor(private readonly host: Host) {}

  async one(orderId: string): Promise<void> {
    const [cancels, send] = asked(this.host.state().cancels, orderId)
    if (!send) return
    this.host.change({ cancels })
    this.answered(orderId, await this.host.api.cancel(orderId))
  }

  async all(): Promise<void> {
    const ids = openIds(this.host.state().records)
    if (this.host.state().cancelAll.busy || ids.size === 0) return
    let cancels = this.host.state().cancels
    const sent: string[] = []
    for (const id of ids) {
      const [next, isNew] = asked(cancels, id)
      cancels = next
      if (isNew) sent.push(id)
    }
    this.host.change({ cancels, cancelAll: { busy: true, problem: null } })
    const result = await this.host.api.cancelAll()
    const problem = result.kind === 'answered' ? null : result.problem
    this.host.change({ cancelAll: { busy: false, problem } })
    const rows = new Map(result.kind === 'answered' ? result.rows.map((r) => [r.id, r.answer]) : [])
    for (const id of sent) this.answered(id, rows.get(id) ?? answerWithoutRow(result))
  }

  /** Orders changed: cancels of those that are closed are over. */
  settle(): void {
    const { cancels, records } = this.host.state()
    const left = settledCancels(cancels, records.orders)
    if (left !== cancels) this.host.change({ cancels: left })
  }

  /** The stream says that the request came too late, or failed: the order works on. */
  rejected(orderId: string): void {
    const { cancels } = this.host.state()
    this.host.change({ cancels: cancelRejected(cancels, orderId) })
  }

  private answered(orderId: string, answer: CancelAnswer): void {
    const { cancels } = this.host.state()
    this.host.change({
      cancels: cancelAnswered(cancels, orderId, answer, this.host.clock.now()),
    })
    this.settle()
    // The stream says it within milliseconds; only when it does not is the order asked for.
    this.host.later(() => void this.look(orderId), answer.kind === 'refused' ? 0 : PATIENCE_MS)
  }

  private async look(orderId: string): Promise<void> {
    if (!this.host.state().cancels.has(orderId)) return
    const askedAtMs = this.host.clock.now()
    const order = await this.ask(orderId)
    const { cancels: before } = this.host.state()
    const [cancels, again] = cancelLooked(before, orderId, order, askedAtMs)
    if (cancels !== before) this.host.change({ cancels })
    const cancel = cancels.get(orderId)
    if (again && cancel !== undefined) {
      this.host.later(() => void this.look(orderId), nextLookMs(cancel))
    }
  }

  /** The order as it is now, heard by the records too; null when that cannot be had. */
  private async ask(orderId: string): Promise<Order | null> {
    try {
      const order = await this.host.api.order(orderId)
      if (order !== null) this.host.hear([order])
      else this.host.change({ records: withoutOrder(this.host.state().records, orderId) })
      return order
    } catch {
      return null
    }
  }
}

/** An order that the answer does not mention was not open any more when the platform looked. */
function answerWithoutRow(result: Awaited<ReturnType<Host['api']['cancelAll']>>): CancelAnswer {
  return result.kind === 'answered' ? { kind: 'done' } : result
}
