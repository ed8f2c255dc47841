import { type Trade, TRADES_KEPT } from './state'

/** The newest trades of one symbol; a burst costs no more than keeping its end. */
export class Prints {
  private kept: Trade[] = []
  private started = false
  private published: readonly Trade[] | null = null

  get going(): boolean {
    return this.started
  }

  /** Where the symbol's trades begin on this connection: replaces what was held. */
  begin(trades: readonly Trade[]): void {
    this.kept = []
    this.started = true
    this.published = null
    this.append(trades)
  }

  /** The connection broke: what follows has to `begin` again. What is shown stays until then. */
  interrupt(): void {
    this.started = false
  }

  goOn(trades: readonly Trade[]): void {
    if (this.started) this.append(trades)
  }

  /** Oldest first; null before the first `begin`. The same object until something is added. */
  view(): readonly Trade[] | null {
    if (this.published === null && this.started) this.published = this.kept.slice(-TRADES_KEPT)
    return this.published
  }

  private append(trades: readonly Trade[]): void {
    let last = this.kept.at(-1)?.id ?? -1
    for (const trade of trades) {
      // Every trade is told once and in order; one that is not newer was told before.
      if (trade.id <= last) continue
      this.kept.push(trade)
      last = trade.id
      this.published = null
    }
    if (this.kept.length > 2 * TRADES_KEPT) this.kept = this.kept.slice(-TRADES_KEPT)
  }
}
