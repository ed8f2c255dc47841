/** Where time comes from. Milliseconds since the Unix epoch; injected so that tests own the time. */
export interface Clock {
  now(): number
}

/** One-shot timers, as the browser has them. */
export interface Timers {
  set(action: () => void, afterMs: number): number
  clear(id: number): void
}

export const systemClock: Clock = { now: () => Date.now() }

export const systemTimers: Timers = {
  set: (action, afterMs) => globalThis.setTimeout(action, afterMs) as unknown as number,
  clear: (id) => globalThis.clearTimeout(id),
}
