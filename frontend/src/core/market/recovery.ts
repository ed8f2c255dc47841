import { Backoff } from '../stream/backoff'
import type { Clock, Timers } from '../time/clock'

/** What was asked for and did not come in this time is asked for again. */
const ANSWER_MS = 2_000
/** A book that stayed good for so long has recovered: the next fault is repaired without a wait. */
const GOOD_MS = 5_000

/**
 * Asks for what repairs a book until it comes. The first fault is answered at once; a book that breaks again
 * and again is asked for ever more slowly, so that one bad client does not load the server.
 */
export class Recovery {
  private readonly backoff: Backoff
  private timer: number | null = null
  private broken = false
  private repairedAt = Number.NEGATIVE_INFINITY

  constructor(
    private readonly ask: () => void,
    private readonly clock: Clock,
    private readonly timers: Timers,
    random: () => number,
  ) {
    this.backoff = new Backoff({ baseMs: 500, capMs: 10_000, random })
  }

  /** Asks now or after a wait, and again until `repaired` or `stop`. Does nothing while that is under way. */
  begin(): void {
    this.broken = true
    if (this.timer !== null) return
    const steady = this.clock.now() - this.repairedAt >= GOOD_MS
    if (steady) this.backoff.reset()
    if (steady) this.askAndAwait()
    else this.timer = this.timers.set(() => this.askAndAwait(), this.backoff.nextMs())
  }

  /** It was asked for already (a subscription brings it anyway): ask again if it does not come. */
  await(): void {
    this.stop()
    this.timer = this.timers.set(() => this.askAndAwait(), ANSWER_MS + this.backoff.nextMs())
  }

  repaired(): void {
    this.stop()
    if (this.broken) this.repairedAt = this.clock.now()
    this.broken = false
  }

  stop(): void {
    if (this.timer !== null) this.timers.clear(this.timer)
    this.timer = null
  }

  private askAndAwait(): void {
    this.ask()
    this.await()
  }
}
