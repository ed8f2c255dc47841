import { type Clock, systemClock, systemTimers, type Timers } from '../time/clock'
import { Backoff } from './backoff'
import { Latency } from './latency'
import { browserWake } from './wake'

/** The part of a browser's WebSocket that is used; injected so that tests and Node bring their own. */
export type WebSocketLike = Pick<
  WebSocket,
  'send' | 'close' | 'onopen' | 'onmessage' | 'onclose' | 'onerror'
>

/** `waiting`: between attempts. `closed`: by its owner, for good. */
export type SocketPhase = 'connecting' | 'open' | 'waiting' | 'closed'

/** Calls its listener when trying again is promising: the tab is looked at again, the network is back. */
export type WakeSource = (listener: () => void) => () => void

export interface SocketOptions {
  /** Where to connect, asked for before every attempt: a ticket in it works only once. A rejection counts as a failed attempt. */
  readonly address: () => string | Promise<string>
  readonly onMessage: (text: string) => void
  /** The connection stands; the server knows nothing of earlier ones. */
  readonly onOpen?: () => void
  readonly onPhase?: (phase: SocketPhase) => void
  /** Why a connection or an attempt ended, for the log. */
  readonly onProblem?: (problem: string) => void
  /** Nothing heard for so long means that the connection is dead; null for a server that may be silent. */
  readonly silenceMs?: number | null
  /** The text of a ping of the application's own, answered with `pong(id)`; without it none are sent. */
  readonly pingText?: (id: number) => string
  readonly openSocket?: (address: string) => WebSocketLike
  readonly clock?: Clock
  readonly timers?: Timers
  readonly random?: () => number
  readonly wake?: WakeSource
}

const SILENCE_MS = 5_000
const PING_EVERY_MS = 5_000
const ATTEMPT_MS = 10_000
const BACKOFF_BASE_MS = 500
const BACKOFF_CAP_MS = 15_000
/** A connection that lived this long was a success: the next failure starts with short waits again. */
const STABLE_MS = 5_000

/**
 * A websocket that comes back by itself. It carries text and knows nothing of its meaning. What a connection
 * that was given up still delivers is dropped: after `onOpen` only the new one is heard.
 */
export class ReconnectingSocket {
  private readonly clock: Clock
  private readonly timers: Timers
  private readonly openSocket: (address: string) => WebSocketLike
  private readonly silenceMs: number | null
  private readonly backoff: Backoff
  private readonly latency = new Latency()
  private readonly stopWaking: () => void

  private socket: WebSocketLike | null = null
  /** Raised when an attempt is given up; an address that arrives for an older one is not used. */
  private attempt = 0
  private openedAt = 0
  private heardAt: number | null = null
  private currentPhase: SocketPhase = 'waiting'
  /** The one timer that moves the phase on: end of a wait, of an attempt, or of the allowed silence. */
  private phaseTimer: number | null = null
  private pingTimer: number | null = null

  constructor(private readonly options: SocketOptions) {
    this.clock = options.clock ?? systemClock
    this.timers = options.timers ?? systemTimers
    this.openSocket = options.openSocket ?? ((address) => new WebSocket(address))
    this.silenceMs = options.silenceMs === undefined ? SILENCE_MS : options.silenceMs
    this.backoff = new Backoff({
      baseMs: BACKOFF_BASE_MS,
      capMs: BACKOFF_CAP_MS,
      random: options.random ?? Math.random,
    })
    this.stopWaking = (options.wake ?? browserWake)(() => this.wake())
  }

  get phase(): SocketPhase {
    return this.currentPhase
  }

  /** Median round trip of the last pings, null before the first answer. */
  get latencyMs(): number | null {
    return this.latency.medianMs
  }

  /** When anything was last heard on any connection, by the injected clock. */
  get lastHeardAt(): number | null {
    return this.heardAt
  }

  /** Connects, and keeps doing so until `close`. */
  start(): void {
    if (this.currentPhase === 'waiting' && this.phaseTimer === null) this.connect()
  }

  /** False when the text could not go out: nothing is kept for later, `onOpen` says it all again. */
  send(text: string): boolean {
    if (this.socket === null || this.currentPhase !== 'open') return false
    this.socket.send(text)
    return true
  }

  /** The answer to the ping `id` arrived. */
  pong(id: number): void {
    this.latency.pong(id, this.clock.now())
  }

  /** Gives the connection up and makes a new one at once. */
  reconnect(): void {
    if (this.currentPhase === 'closed') return
    this.abandon()
    this.connect()
  }

  close(): void {
    if (this.currentPhase === 'closed') return
    this.stopWaking()
    this.abandon()
    this.enter('closed')
  }

  private connect(): void {
    this.clearTimers()
    this.attempt += 1
    const attempt = this.attempt
    this.phaseTimer = this.timers.set(() => this.failed('no answer in time'), ATTEMPT_MS)
    this.enter('connecting')
    let address: string | Promise<string>
    try {
      address = this.options.address()
    } catch (error) {
      this.failed(`no address: ${String(error)}`)
      return
    }
    if (typeof address === 'string') {
      this.open(attempt, address)
      return
    }
    address.then(
      (resolved) => this.open(attempt, resolved),
      (error: unknown) => {
        if (attempt === this.attempt) this.failed(`no address: ${String(error)}`)
      },
    )
  }

  private open(attempt: number, address: string): void {
    if (attempt !== this.attempt || this.currentPhase !== 'connecting') return
    let socket: WebSocketLike
    try {
      socket = this.openSocket(address)
    } catch (error) {
      this.failed(String(error))
      return
    }
    this.socket = socket
    socket.onopen = () => this.opened()
    socket.onmessage = (event) => this.heard(event.data)
    socket.onclose = (event) => this.failed(`closed with ${event.code} ${event.reason}`.trim())
    // An error is always followed by a close, which says more.
    socket.onerror = null
  }

  private opened(): void {
    this.clearTimers()
    this.openedAt = this.clock.now()
    this.heardAt = this.openedAt
    this.latency.reset()
    this.enter('open')
    this.watchSilence()
    this.options.onOpen?.()
    this.ping()
  }

  private heard(data: unknown): void {
    this.heardAt = this.clock.now()
    if (typeof data === 'string') this.options.onMessage(data)
    else this.options.onProblem?.('a frame that is not text')
  }

  private failed(problem: string): void {
    if (this.currentPhase === 'closed') return
    if (this.currentPhase === 'open' && this.clock.now() - this.openedAt >= STABLE_MS) {
      this.backoff.reset()
    }
    this.abandon()
    this.phaseTimer = this.timers.set(() => this.connect(), this.backoff.nextMs())
    this.enter('waiting')
    this.options.onProblem?.(problem)
  }

  /** A browser slows the timers of a hidden tab, and a sleeping machine stops them: look again on waking. */
  private wake(): void {
    if (this.currentPhase === 'waiting' && this.phaseTimer !== null) this.connect()
    else if (this.currentPhase === 'open' && this.silentForMs() >= (this.silenceMs ?? Infinity)) {
      this.reconnect()
    }
  }

  private silentForMs(): number {
    return this.clock.now() - (this.heardAt ?? this.openedAt)
  }

  private watchSilence(): void {
    if (this.silenceMs === null) return
    const left = this.silenceMs - this.silentForMs()
    if (left <= 0) {
      this.failed(`nothing heard for ${this.silenceMs} ms`)
      return
    }
    this.phaseTimer = this.timers.set(() => this.watchSilence(), left)
  }

  private ping(): void {
    if (this.options.pingText === undefined || this.currentPhase !== 'open') return
    this.send(this.options.pingText(this.latency.ping(this.clock.now())))
    this.pingTimer = this.timers.set(() => this.ping(), PING_EVERY_MS)
  }

  /** Lets go of the socket and of everything that waits for it. */
  private abandon(): void {
    this.clearTimers()
    this.attempt += 1
    const socket = this.socket
    this.socket = null
    if (socket === null) return
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null
    socket.close()
  }

  private clearTimers(): void {
    if (this.phaseTimer !== null) this.timers.clear(this.phaseTimer)
    if (this.pingTimer !== null) this.timers.clear(this.pingTimer)
    this.phaseTimer = this.pingTimer = null
  }

  private enter(phase: SocketPhase): void {
    if (phase === this.currentPhase) return
    this.currentPhase = phase
    this.options.onPhase?.(phase)
  }
}
