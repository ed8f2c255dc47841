import type { Clock, Timers } from './clock'

/** Time that moves only when told to. For tests: timers run in order, at their moment, inside `advance`. */
export class ManualTime implements Clock, Timers {
  private current: number
  private nextId = 1
  private readonly pending = new Map<number, { at: number; action: () => void }>()

  constructor(startMs = 1_790_000_000_000) {
    this.current = startMs
  }

  now(): number {
    return this.current
  }

  set(action: () => void, afterMs: number): number {
    const id = this.nextId
    this.nextId += 1
    this.pending.set(id, { at: this.current + Math.max(0, afterMs), action })
    return id
  }

  clear(id: number): void {
    this.pending.delete(id)
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.pending.size
  }

  advance(ms: number): void {
    const until = this.current + ms
    for (;;) {
      const next = [...this.pending].sort(([, a], [, b]) => a.at - b.at).at(0)
      if (next === undefined || next[1].at > until) break
      const [id, { at, action }] = next
      this.pending.delete(id)
      this.current = at
      action()
    }
    this.current = until
  }
}
