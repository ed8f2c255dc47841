import type { Delta, LevelChanges, Snapshot } from '../stream/protocol'
import type { BookView, Level } from './state'

/** Why a book can no longer be vouched for. */
export type BookFault = 'gap' | 'crossed'

/**
 * One symbol's book in integers, changed in place and copied out once a frame. It accepts a delta only when it
 * continues exactly where the book stands; after a fault it must be given a snapshot before anything else.
 */
export class Book {
  private bids: Level[] = []
  private asks: Level[] = []
  private sequence = 0
  private timeUs = 0

  /** Takes the place of whatever was held. */
  applySnapshot(snapshot: Snapshot): BookFault | null {
    this.bids = snapshot.bids.slice()
    this.asks = snapshot.asks.slice()
    return this.stand(snapshot)
  }

  /** Null when it fitted. After a fault the book is not the server's. */
  applyDelta(delta: Delta): BookFault | null {
    if (delta.previous !== this.sequence || delta.sequence <= delta.previous) return 'gap'
    change(this.bids, delta.bids, -1)
    change(this.asks, delta.asks, 1)
    return this.stand(delta)
  }

  /** An immutable copy. Levels that did not change are the same objects as in the copy before. */
  view(): BookView {
    return {
      sequence: this.sequence,
      timeUs: this.timeUs,
      bids: this.bids.slice(),
      asks: this.asks.slice(),
    }
  }

  private stand({ sequence, timeUs }: Snapshot | Delta): BookFault | null {
    this.sequence = sequence
    this.timeUs = timeUs
    const [bid] = this.bids
    const [ask] = this.asks
    return bid !== undefined && ask !== undefined && bid.ticks >= ask.ticks ? 'crossed' : null
  }
}

/** Puts each new state of a level where it belongs. `order` is 1 for rising prices, -1 for falling. */
function change(side: Level[], changes: LevelChanges, order: 1 | -1): void {
  for (const level of changes) {
    const at = placeOf(side, level.ticks, order)
    const held = side[at]?.ticks === level.ticks ? 1 : 0
    if (level.lots === 0) side.splice(at, held)
    else side.splice(at, held, level)
  }
}

/** Where the price is, or would have to be. */
function placeOf(side: readonly Level[], ticks: number, order: 1 | -1): number {
  let from = 0
  let to = side.length
  while (from < to) {
    const middle = (from + to) >>> 1
    if (((side[middle] as Level).ticks - ticks) * order < 0) from = middle + 1
    else to = middle
  }
  return from
}
