import { BARS_KEPT, type Bar, type Bars } from './state'

/** The minutes of one symbol as they come; bounded. */
export class Minutes {
  private closed: Bar[] = []
  private forming: Bar | null = null
  private epoch = 0
  /** A forming bar changes many times a second; the list of closed ones stays the same object meanwhile. */
  private closedView: readonly Bar[] | null = null
  private published: Bars | null = null

  /** The connection broke: minutes may be missing between what was heard and what will be. */
  interrupt(): void {
    this.closed = []
    this.forming = null
    this.epoch += 1
    this.closedView = this.published = null
  }

  apply(bar: Bar, final: boolean): void {
    const last = this.closed.at(-1)
    if (last !== undefined && bar.startS < last.startS) return
    if (final) {
      if (last?.startS === bar.startS) this.closed.pop()
      this.closed.push(bar)
      if (this.closed.length > 2 * BARS_KEPT) this.closed = this.closed.slice(-BARS_KEPT)
      if (this.forming !== null && this.forming.startS <= bar.startS) this.forming = null
      this.closedView = null
    } else if (last?.startS !== bar.startS) {
      this.forming = bar
    }
    this.published = null
  }

  /** The same object until something changed. */
  view(): Bars {
    this.closedView ??= this.closed.slice(-BARS_KEPT)
    this.published ??= { epoch: this.epoch, closed: this.closedView, forming: this.forming }
    return this.published
  }
}
