import { createStore, type StoreApi } from 'zustand/vanilla'
import { browserFrames, type FrameScheduler } from '../stream/frames'
import { decodeFrame, type Malformed, type ServerMessage } from '../stream/protocol'
import {
  type Channel,
  pingText,
  resyncText,
  subscribeText,
  unsubscribeText,
} from '../stream/requests'
import { ReconnectingSocket, type WakeSource, type WebSocketLike } from '../stream/socket'
import { type Clock, systemClock, systemTimers, type Timers } from '../time/clock'
import { ActiveSymbol } from './activeSymbol'
import { Answers } from './answers'
import { Recovery } from './recovery'
import type { Connection, MarketState, Resyncs } from './state'
import { Tickers } from './tickers'

export interface MarketOptions {
  /** The address of `/v1/stream/market`, asked for before every attempt. */
  readonly address: () => string | Promise<string>
  readonly openSocket?: (address: string) => WebSocketLike
  readonly scheduleFrame?: FrameScheduler
  readonly clock?: Clock
  readonly timers?: Timers
  readonly random?: () => number
  readonly wake?: WakeSource
  /** What went wrong and was dealt with, for the log: malformed messages, gaps, ended connections. */
  readonly report?: (problem: string) => void
}

/** The market as one store that changes at most once a frame, and at once when the book stops being live. */
export interface Market {
  readonly store: StoreApi<MarketState>
  /** Looks at another symbol, or at none; answers its generation. What still arrives for the one before is dropped. */
  watch(symbol: string | null): number
  /** Whose tickers to hear; replaces what was asked for before. */
  watchTickers(symbols: readonly string[] | '*'): void
  /** Distrusts the book that is shown and fetches it again. */
  resync(): void
  /** Tries to connect now instead of at the end of the wait. */
  reconnect(): void
  close(): void
}

export const INITIAL_STATE: MarketState = {
  connection: { phase: 'connecting', latencyMs: null, live: null, lastHeardAt: null },
  tickers: new Map(),
  active: null,
  resyncs: { count: 0, lastMs: null },
}

const ACTIVE_CHANNELS: readonly Channel[] = ['depth', 'trades', 'bars']

/**
 * Connects, and keeps the store true: socket -> integers -> one patch a frame. Three things do not wait for the
 * frame: a book that stops being the server's, a connection that breaks, and another symbol.
 */
export function createMarket(options: MarketOptions): Market {
  const market = new LiveMarket(options)
  market.start()
  return market
}

class LiveMarket implements Market {
  readonly store = createStore<MarketState>(() => INITIAL_STATE)
  private readonly clock: Clock
  private readonly socket: ReconnectingSocket
  private readonly recovery: Recovery
  private readonly scheduleFrame: FrameScheduler
  private readonly tickers = new Tickers()
  private readonly answers = new Answers()
  /** Number of the newest subscription to the active symbol. */
  private activeAsked = 0
  private active: ActiveSymbol | null = null
  private generation = 0
  private live: boolean | null = null
  private resyncs: Resyncs = INITIAL_STATE.resyncs
  private cancelFrame: (() => void) | null = null

  constructor(private readonly options: MarketOptions) {
    const { scheduleFrame = browserFrames, clock = systemClock, timers = systemTimers } = options
    this.scheduleFrame = scheduleFrame
    this.clock = clock
    this.recovery = new Recovery(
      () => this.askAgain(),
      clock,
      timers,
      options.random ?? Math.random,
    )
    this.socket = new ReconnectingSocket({
      ...options,
      pingText,
      onOpen: () => this.greet(),
      onMessage: (text) => this.hear(text),
      onPhase: (phase) => {
        if (phase !== 'open') this.lose()
        this.publish()
      },
      onProblem: (problem) => this.options.report?.(problem),
    })
  }

  start(): void {
    this.socket.start()
  }

  watch(symbol: string | null): number {
    const left = this.active?.symbol
    if (left === symbol) return this.generation
    this.generation += 1
    this.recovery.stop()
    if (left !== undefined && this.socket.send(unsubscribeText(ACTIVE_CHANNELS, [left]))) {
      this.answers.leave(left)
    }
    this.active = symbol === null ? null : new ActiveSymbol(symbol, this.generation)
    this.subscribeActive()
    this.publish()
    return this.generation
  }

  watchTickers(symbols: readonly string[] | '*'): void {
    const { added, left } = this.tickers.want(symbols === '*' ? ['*'] : symbols)
    if (added.length > 0) this.change(subscribeText(['tickers'], added))
    if (left.length > 0) this.change(unsubscribeText(['tickers'], left))
    this.publishSoon()
  }

  resync(): void {
    if (this.active?.distrust(this.clock.now()) !== true) return
    this.recovery.begin()
    this.publish()
  }

  reconnect(): void {
    this.socket.reconnect()
  }

  close(): void {
    this.socket.close()
    this.recovery.stop()
    this.cancelFrame?.()
    this.cancelFrame = null
  }

  /** A new connection: the server knows nothing of us, everything begins again. */
  private greet(): void {
    const { symbols } = this.tickers
    this.answers.restart()
    if (symbols.length > 0) this.change(subscribeText(['tickers'], symbols))
    this.active?.interrupt(this.clock.now())
    this.subscribeActive()
  }

  private lose(): void {
    this.live = null
    this.recovery.stop()
    this.active?.distrust(this.clock.now())
  }

  private subscribeActive(): void {
    if (this.active === null) return
    if (this.askForActive(this.active.symbol)) this.recovery.await()
  }

  private askForActive(symbol: string): boolean {
    const number = this.change(subscribeText(ACTIVE_CHANNELS, [symbol]))
    if (number !== null) this.activeAsked = number
    return number !== null
  }

  /** Changes what is subscribed. Answers the request's number; null when there is no connection. */
  private change(text: string): number | null {
    return this.socket.send(text) ? this.answers.ask() : null
  }

  /** A resync brings the book alone; where trades have to begin again, the subscription is repeated. */
  private askAgain(): void {
    if (this.active === null) return
    const { symbol, interrupted } = this.active
    if (interrupted) this.askForActive(symbol)
    else this.socket.send(resyncText(symbol))
  }

  private hear(text: string): void {
    const { messages, malformed } = decodeFrame(text)
    for (const message of messages) this.apply(message)
    for (const broken of malformed) this.dismiss(broken)
    this.publishSoon()
  }

  private apply(message: ServerMessage): void {
    switch (message.type) {
      case 'ticker':
        this.tickers.apply(message.ticker)
        return
      case 'heartbeat':
        if (message.live === this.live) return
        this.live = message.live
        this.publish()
        return
      case 'pong':
        this.socket.pong(message.id)
        return
      case 'error':
        this.refused(message.code, message.message)
        return
      case 'subscribed':
        this.answers.take()
        return
      case 'welcome':
        return
      default:
        // What still comes for a symbol that was left belongs to an older generation.
        if (message.symbol !== this.active?.symbol || this.answers.isOld(message.symbol)) return
        this.applyActive(this.active, message)
    }
  }

  private applyActive(active: ActiveSymbol, message: ServerMessage): void {
    const now = this.clock.now()
    const { staleSince } = active
    const effect = active.apply(message, now)
    if (effect === 'none') return
    if (effect === 'repaired') {
      this.recovery.repaired()
      if (staleSince !== null) {
        this.resyncs = { count: this.resyncs.count + 1, lastMs: now - staleSince }
      }
      return
    }
    this.options.report?.(`${active.symbol}: the book has a fault (${effect})`)
    this.recovery.begin()
    this.publish()
  }

  private refused(code: string, message: string): void {
    this.options.report?.(`${code}: ${message}`)
    if (code === 'slow_client' || code === 'log_replaced') {
      // The connection is about to close; what we hold is already wrong.
      if (this.active?.distrust(this.clock.now()) === true) this.publish()
      return
    }
    // Nothing else that we ask can be refused: a resync is asked only of what is subscribed.
    const isActive = this.answers.take() === this.activeAsked
    if (isActive && this.active?.bookPhase === 'loading') this.active.refuse(message)
  }

  /** A message that could not be read may have been anything: what it was about begins again. */
  private dismiss({ problem, symbol }: Malformed): void {
    this.options.report?.(`malformed message: ${problem}`)
    const { active } = this
    if (active === null || (symbol !== null && symbol !== active.symbol)) return
    active.interrupt(this.clock.now())
    this.recovery.begin()
    this.publish()
  }

  private publishSoon(): void {
    this.cancelFrame ??= this.scheduleFrame(() => this.publish())
  }

  private publish(): void {
    this.cancelFrame?.()
    this.cancelFrame = null
    const before = this.store.getState()
    const connection = this.connection(before.connection)
    const tickers = this.tickers.view()
    const active = this.active?.view() ?? null
    const { resyncs } = this
    if (
      connection !== before.connection ||
      tickers !== before.tickers ||
      active !== before.active ||
      resyncs !== before.resyncs
    ) {
      this.store.setState({ connection, tickers, active, resyncs }, true)
    }
  }

  private connection(before: Connection): Connection {
    const { phase, latencyMs, lastHeardAt } = this.socket
    const { live } = this
    return phase === before.phase &&
      latencyMs === before.latencyMs &&
      live === before.live &&
      lastHeardAt === before.lastHeardAt
      ? before
      : { phase, latencyMs, live, lastHeardAt }
  }
}
