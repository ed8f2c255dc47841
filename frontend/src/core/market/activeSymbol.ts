import type { Increments } from '../numbers/instrument'
import type { ServerMessage } from '../stream/protocol'
import { Book, type BookFault } from './book'
import { Minutes } from './minutes'
import { Prints } from './prints'
import type { ActiveMarket, BookPhase, BookView } from './state'

/** What a message did to the book: nothing worth telling, made it good, or broke it. */
export type Effect = 'none' | 'repaired' | BookFault

/**
 * Everything about the symbol that is looked at, changed in place as messages come; `view` copies it out. What
 * is shown as live is the server's book or nothing.
 */
export class ActiveSymbol {
  private readonly held = new Book()
  private readonly prints = new Prints()
  private readonly minutes = new Minutes()
  private instrument: Increments | null = null
  private phase: BookPhase = 'loading'
  private since: number | null = null
  private book: BookView | null = null
  private bookChanged = false
  private problem: string | null = null
  private published: ActiveMarket | null = null

  constructor(
    readonly symbol: string,
    readonly generation: number,
  ) {}

  get bookPhase(): BookPhase {
    return this.phase
  }

  /** Trades do not go on from those that were heard: the subscription has to be made again. */
  get interrupted(): boolean {
    return !this.prints.going
  }

  get staleSince(): number | null {
    return this.since
  }

  apply(message: ServerMessage, now: number): Effect {
    switch (message.type) {
      case 'snapshot': {
        const { symbol, tickSize, lotSize } = message
        if (this.instrument?.tickSize !== tickSize || this.instrument.lotSize !== lotSize) {
          this.instrument = { symbol, tickSize, lotSize }
        }
        const fault = this.held.applySnapshot(message)
        if (fault !== null) return this.fault(fault, now)
        const wasLive = this.phase === 'live'
        this.phase = 'live'
        this.since = this.problem = null
        this.bookChanged = true
        return wasLive ? 'none' : 'repaired'
      }
      case 'delta': {
        // Until the snapshot comes there is nothing that a delta could change.
        if (this.phase !== 'live') return 'none'
        const fault = this.held.applyDelta(message)
        if (fault !== null) return this.fault(fault, now)
        this.bookChanged = true
        return 'none'
      }
      case 'recent_trades':
        this.prints.begin(message.trades)
        return 'none'
      case 'trades':
        this.prints.goOn(message.trades)
        return 'none'
      case 'bar':
        this.minutes.apply(message.bar, message.final)
        return 'none'
      default:
        return 'none'
    }
  }

  /** The book may not be the server's any more. True when it was until now. */
  distrust(now: number): boolean {
    if (this.phase !== 'live') return false
    if (this.bookChanged) this.book = this.held.view()
    this.bookChanged = false
    this.phase = 'stale'
    this.since = now
    return true
  }

  /** Nothing follows on what was heard: the server will begin again. */
  interrupt(now: number): void {
    this.distrust(now)
    this.prints.interrupt()
    this.minutes.interrupt()
  }

  /** The server refused the symbol. */
  refuse(problem: string): void {
    this.problem = problem
  }

  /** Immutable; the same object until something changed. */
  view(): ActiveMarket {
    if (this.bookChanged) this.book = this.held.view()
    this.bookChanged = false
    const next: ActiveMarket = {
      symbol: this.symbol,
      generation: this.generation,
      instrument: this.instrument,
      bookPhase: this.phase,
      staleSince: this.since,
      book: this.book,
      trades: this.prints.view(),
      bars: this.minutes.view(),
      problem: this.problem,
    }
    if (this.published === null || !sameActive(this.published, next)) this.published = next
    return this.published
  }

  private fault(fault: BookFault, now: number): BookFault {
    // A gap leaves what is held as it was; a crossed book must not be seen, the one shown before stays.
    if (fault === 'crossed') this.bookChanged = false
    this.distrust(now)
    return fault
  }
}

function sameActive(one: ActiveMarket, other: ActiveMarket): boolean {
  return (
    one.instrument === other.instrument &&
    one.bookPhase === other.bookPhase &&
    one.staleSince === other.staleSince &&
    one.book === other.book &&
    one.trades === other.trades &&
    one.bars === other.bars &&
    one.problem === other.problem
  )
}
