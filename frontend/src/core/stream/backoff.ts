interface BackoffOptions {
  readonly baseMs: number
  readonly capMs: number
  /** A number from 0 to 1, as Math.random gives it. */
  readonly random: () => number
}

/**
 * Exponential back-off with full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter", 2015): each
 * wait lies anywhere between nothing and a bound that doubles, so that clients that fell together do not come
 * back together.
 */
export class Backoff {
  private failures = 0

  constructor(private readonly options: BackoffOptions) {}

  nextMs(): number {
    const { baseMs, capMs, random } = this.options
    const bound = Math.min(capMs, baseMs * 2 ** Math.min(this.failures, 30))
    this.failures += 1
    return Math.floor(random() * bound)
  }

  reset(): void {
    this.failures = 0
  }
}
