import type { Clock, Timers } from '../time/clock'

/**
 * Asks again for something that may have changed: at once when it was left alone for a while, else once at the
 * end of the pause, however often it was requested; never twice at the same time.
 */
export class Refresher {
  private running = false
  private wanted = false
  private timer: number | null = null
  private startedAt = -Infinity

  constructor(
    private readonly ask: () => Promise<void>,
    private readonly pauseMs: number,
    private readonly clock: Clock,
    private readonly timers: Timers,
  ) {}

  request(): void {
    this.wanted = true
    if (this.running || this.timer !== null) return
    const waitMs = Math.max(0, this.startedAt + this.pauseMs - this.clock.now())
    if (waitMs === 0) void this.run()
    else this.timer = this.timers.set(() => void this.run(), waitMs)
  }

  stop(): void {
    if (this.timer !== null) this.timers.clear(this.timer)
    this.timer = null
    this.wanted = false
  }

  /** `ask` deals with its own failures. */
  private async run(): Promise<void> {
    this.timer = null
    this.wanted = false
    this.running = true
    this.startedAt = this.clock.now()
    try {
      await this.ask()
    } finally {
      this.running = false
    }
    this.again()
  }

  private again(): void {
    if (this.wanted) this.request()
  }
}
