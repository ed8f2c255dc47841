import type { Ticker } from './state'

/** Which tickers are wanted, and the newest of each. */
export class Tickers {
  private wanted: ReadonlySet<string> = new Set()
  private readonly newest = new Map<string, Ticker>()
  private published: ReadonlyMap<string, Ticker> = new Map()
  private changed = false

  get symbols(): readonly string[] {
    return [...this.wanted]
  }

  /** Answers what has to be subscribed and what has to be left. */
  want(symbols: readonly string[]): { added: string[]; left: string[] } {
    const next = new Set(symbols)
    const added = symbols.filter((symbol) => !this.wanted.has(symbol))
    const left = [...this.wanted].filter((symbol) => !next.has(symbol))
    this.wanted = next
    for (const symbol of this.newest.keys()) {
      if (!this.wants(symbol)) this.changed = this.newest.delete(symbol)
    }
    return { added, left }
  }

  apply(ticker: Ticker): void {
    if (!this.wants(ticker.symbol)) return
    this.newest.set(ticker.symbol, ticker)
    this.changed = true
  }

  /** The same map until something changed. */
  view(): ReadonlyMap<string, Ticker> {
    if (this.changed) this.published = new Map(this.newest)
    this.changed = false
    return this.published
  }

  private wants(symbol: string): boolean {
    return this.wanted.has('*') || this.wanted.has(symbol)
  }
}
