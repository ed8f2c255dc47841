import type { WakeSource, WebSocketLike } from '../stream/socket'
import { ReconnectingSocket } from '../stream/socket'
import type { Clock, Timers } from '../time/clock'
import { type TradeUpdate, tradeUpdateFrom } from './documents'
import { MalformedDocument, record, text } from './fields'

export interface UpdatesOptions {
  /** The address of `/stream` with a fresh ticket, asked for before every attempt. */
  readonly address: () => Promise<string>
  /** The last update that is known; the stream goes on after it. Null: from now on. */
  readonly after: () => number | null
  readonly onUpdate: (update: TradeUpdate) => void
  /** From here on nothing is missed: now is the time for snapshots. */
  readonly onListening: () => void
  /** What is known of the numbering is of no use any more: whichever update comes next is the first. */
  readonly onReset: () => void
  readonly onLive: (live: boolean) => void
  readonly report: (problem: string) => void
  readonly openSocket?: (address: string) => WebSocketLike
  readonly clock: Clock
  readonly timers: Timers
  readonly random?: () => number
  readonly wake?: WakeSource
}

const SILENCE_MS = 12_000

/**
 * The trading stream, in Alpaca's protocol with numbered updates. It resumes after the last known one by itself.
 * The protocol has no heartbeat: asking to listen again is answered, and changes nothing, so that serves as one.
 */
export class UpdatesStream {
  private readonly socket: ReconnectingSocket
  private listening = false
  private resuming = false

  constructor(private readonly options: UpdatesOptions) {
    this.socket = new ReconnectingSocket({
      ...options,
      silenceMs: SILENCE_MS,
      pingText: () => listenText(null),
      onOpen: () => this.listen(),
      onMessage: (frame) => this.hear(frame),
      onPhase: (phase) => {
        if (phase !== 'open') this.lost()
      },
      onProblem: options.report,
    })
  }

  start(): void {
    this.socket.start()
  }

  /** An update is missing: asks for all after the last known one. Once, until that is answered. */
  resume(): void {
    if (this.resuming) return
    this.resuming = true
    this.listen()
  }

  close(): void {
    this.socket.close()
  }

  private listen(): void {
    this.socket.send(listenText(this.options.after()))
  }

  private lost(): void {
    this.resuming = false
    if (!this.listening) return
    this.listening = false
    this.options.onLive(false)
  }

  private hear(frame: string): void {
    try {
      this.take(record(JSON.parse(frame), 'frame'))
    } catch (error) {
      if (!(error instanceof MalformedDocument) && !(error instanceof SyntaxError)) throw error
      this.options.report(`a frame of the trading stream cannot be read: ${error.message}`)
      this.giveUpNumbers()
    }
  }

  /** What is missing will not come as updates: snapshots say it instead. */
  private giveUpNumbers(): void {
    this.options.onReset()
    this.options.onListening()
  }

  private take(message: ReturnType<typeof record>): void {
    const data = record(message['data'], 'data')
    if (message['action'] === 'error') {
      this.refused(text(data, 'error_message'))
      return
    }
    switch (message['stream']) {
      case 'trade_updates':
        this.options.onUpdate(tradeUpdateFrom(data))
        return
      case 'listening':
        this.heardListening()
        return
      case 'authorization':
        if (data['status'] !== 'authorized') this.options.report('the trading stream refused us')
    }
  }

  private heardListening(): void {
    this.resuming = false
    if (this.listening) return
    this.listening = true
    this.options.onLive(true)
    this.options.onListening()
  }

  private refused(sentence: string): void {
    this.options.report(`the trading stream says: ${sentence}`)
    const { resuming } = this
    this.resuming = false
    // The only request that can be wrong is a number to go on after that the account has not reached.
    if (this.options.after() === null) return
    if (!this.listening) {
      this.options.onReset()
      this.listen()
    } else if (resuming) {
      this.giveUpNumbers()
    }
  }
}

function listenText(after: number | null): string {
  const data = { streams: ['trade_updates'], ...(after === null ? {} : { after: String(after) }) }
  return JSON.stringify({ action: 'listen', data })
}
