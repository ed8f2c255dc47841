import { deltaOf, snapshotOf } from './manual'

/** What a test does to one side at one price; lots 0 takes the level away. */
export interface Change {
  readonly bid: boolean
  readonly ticks: number
  readonly lots: number
}

/**
 * The plainest book that can be right, kept by the server's side of a test: two maps and a history of every
 * state it ever was in.
 */
export class OracleBook {
  private readonly bids = new Map<number, number>()
  private readonly asks = new Map<number, number>()
  private readonly history = new Map<number, string>()
  private touched = { bids: new Set<number>(), asks: new Set<number>() }
  private told = 0
  sequence = 1

  constructor() {
    this.remember()
  }

  /** One event. A level that would cross takes what it crosses away, as matching does. */
  apply(change: Change, gapInSequence: number): void {
    const { bid, ticks, lots } = change
    const [own, ownTouched] = bid ? [this.bids, this.touched.bids] : [this.asks, this.touched.asks]
    const [other, otherTouched] = bid
      ? [this.asks, this.touched.asks]
      : [this.bids, this.touched.bids]
    for (const price of other.keys()) {
      if (lots > 0 && (bid ? price <= ticks : price >= ticks)) {
        other.delete(price)
        otherTouched.add(price)
      }
    }
    if (lots === 0) own.delete(ticks)
    else own.set(ticks, lots)
    ownTouched.add(ticks)
    this.sequence += gapInSequence
    this.remember()
  }

  /** A new chain: the next delta continues from here. */
  snapshot() {
    this.told = this.sequence
    this.touched = { bids: new Set(), asks: new Set() }
    return snapshotOf({ sequence: this.sequence, ...this.sorted() })
  }

  /** Everything since the last message as one; null when nothing happened. */
  delta() {
    if (this.sequence === this.told) return null
    const entries = (touched: Set<number>, side: Map<number, number>) =>
      [...touched].map((ticks) => [ticks, side.get(ticks) ?? 0, 1] as const)
    const message = deltaOf({
      previous: this.told,
      sequence: this.sequence,
      bids: entries(this.touched.bids, this.bids),
      asks: entries(this.touched.asks, this.asks),
    })
    this.told = this.sequence
    this.touched = { bids: new Set(), asks: new Set() }
    return message
  }

  /** The book after `sequence`, as comparable text; undefined if there was none. */
  at(sequence: number): string | undefined {
    return this.history.get(sequence)
  }

  private sorted() {
    const levels = (side: Map<number, number>, order: 1 | -1) =>
      [...side]
        .sort(([a], [b]) => (a - b) * order)
        .map(([ticks, lots]) => [ticks, lots, 1] as const)
    return { bids: levels(this.bids, -1), asks: levels(this.asks, 1) }
  }

  private remember(): void {
    const { bids, asks } = this.sorted()
    const plain = (side: typeof bids) => side.map(([ticks, lots]) => [ticks, lots])
    this.history.set(this.sequence, JSON.stringify([plain(bids), plain(asks)]))
  }
}
