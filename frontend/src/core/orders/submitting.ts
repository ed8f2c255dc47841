import type { Host } from './host'
import type { Order } from './order'
import { type Effect, step, type SubmissionEvent } from './submission'
import type { OrderRequest } from './terms'
import type { Undecided } from './undecided'

/** Drives the submissions: names intents, sends orders, and finds out what became of them. */
export class Submitting {
  private stopped = false

  constructor(
    private readonly host: Host,
    private readonly undecided: Undecided,
    private readonly newId: () => string,
    /** An order was answered: cash and shares may be held for it now. */
    private readonly onAnswer: () => void,
  ) {}

  /** Takes up what an earlier page left undecided. */
  restore(): void {
    this.run({ type: 'restored', sent: this.undecided.load(), atMs: this.host.clock.now() })
  }

  prepare(terms: OrderRequest | null): void {
    this.run({ type: 'prepared', terms })
  }

  submit(): void {
    this.run({ type: 'pressed', atMs: this.host.clock.now() })
  }

  /** What orders of the account say about what was sent and is not known. */
  settle(orders: readonly Order[]): void {
    for (const order of orders) {
      const sent = this.host
        .state()
        .submissions.all.find((each) => each.clientOrderId === order.clientOrderId)
      // Also of one that counts as refused: an order that is there outweighs whatever said that it is not.
      if (sent !== undefined && sent.phase !== 'accepted') this.run({ type: 'seen', order })
    }
  }

  /** What is answered from now on changes nothing: whoever comes next looks it up. */
  stop(): void {
    this.stopped = true
  }

  private run(event: SubmissionEvent): void {
    if (this.stopped) return
    const before = this.host.state().submissions
    const [submissions, effects] = step(before, event)
    if (submissions !== before) {
      // Before anything is sent, so that no crash can lose its name.
      this.undecided.keep(submissions)
      this.host.change({ submissions })
    }
    for (const effect of effects) this.carryOut(effect)
    if (submissions.draft !== null && submissions.draft.clientOrderId === null) {
      this.run({ type: 'named', clientOrderId: this.newId() })
    }
  }

  private carryOut(effect: Effect): void {
    if (effect.type === 'send') void this.send(effect.terms, effect.clientOrderId)
    else this.host.later(() => void this.look(effect.clientOrderId), effect.afterMs)
  }

  private async send(terms: OrderRequest, clientOrderId: string): Promise<void> {
    const answer = await this.host.api.place(terms, clientOrderId)
    this.run({ type: 'answered', clientOrderId, answer, atMs: this.host.clock.now() })
    if (this.stopped) return
    if (answer.kind === 'placed') this.host.hear([answer.order, ...(answer.legs ?? [])])
    this.onAnswer()
  }

  private async look(clientOrderId: string): Promise<void> {
    const askedAtMs = this.host.clock.now()
    const look = await this.host.api.look(clientOrderId)
    this.run({ type: 'looked', clientOrderId, look, askedAtMs })
    if (!this.stopped && look.kind === 'found') this.host.hear([look.order])
  }
}
