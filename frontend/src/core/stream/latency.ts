const SAMPLES = 5
const AWAITED = 16

/** Round trips of numbered pings; the median of the last five, so that one hiccup does not show. */
export class Latency {
  private readonly sentAt = new Map<number, number>()
  private readonly samples: number[] = []
  private nextId = 1

  /** The id to send. */
  ping(now: number): number {
    const id = this.nextId
    this.nextId += 1
    this.sentAt.set(id, now)
    if (this.sentAt.size > AWAITED) this.sentAt.delete(id - AWAITED)
    return id
  }

  /** The answer came. One that nobody awaits is ignored. */
  pong(id: number, now: number): void {
    const sent = this.sentAt.get(id)
    if (sent === undefined) return
    this.sentAt.delete(id)
    this.samples.push(Math.max(0, now - sent))
    if (this.samples.length > SAMPLES) this.samples.shift()
  }

  get medianMs(): number | null {
    const sorted = [...this.samples].sort((a, b) => a - b)
    return sorted[Math.floor(sorted.length / 2)] ?? null
  }

  reset(): void {
    this.sentAt.clear()
    this.samples.length = 0
  }
}
