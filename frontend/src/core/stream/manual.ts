import type { FrameScheduler } from './frames'
import type { WebSocketLike } from './socket'

/** The client's end of a connection whose other end a test plays. */
export class ManualSocket implements WebSocketLike {
  onopen: WebSocketLike['onopen'] = null
  onmessage: WebSocketLike['onmessage'] = null
  onclose: WebSocketLike['onclose'] = null
  onerror: WebSocketLike['onerror'] = null
  readonly sent: string[] = []
  closed = false

  constructor(readonly address: string) {}

  send(data: string): void {
    this.sent.push(data)
  }

  close(): void {
    this.closed = true
  }

  accept(): void {
    this.onopen?.call(this as unknown as WebSocket, new Event('open'))
  }

  deliver(data: unknown): void {
    this.onmessage?.call(this as unknown as WebSocket, new MessageEvent('message', { data }))
  }

  /** One frame of messages, as the server sends it. */
  tell(...messages: object[]): void {
    this.deliver(JSON.stringify(messages))
  }

  drop(code = 1006, reason = ''): void {
    this.onclose?.call(this as unknown as WebSocket, new CloseEvent('close', { code, reason }))
  }

  /** What was sent, decoded; pings left out. */
  get requests(): Record<string, unknown>[] {
    return this.sent
      .map((text) => JSON.parse(text) as Record<string, unknown>)
      .filter((request) => request['action'] !== 'ping')
  }
}

/** Frames that a test paints. */
export class ManualFrames {
  private waiting: (() => void)[] = []
  asked = 0

  readonly schedule: FrameScheduler = (action) => {
    this.asked += 1
    this.waiting.push(action)
    return () => {
      this.waiting = this.waiting.filter((other) => other !== action)
    }
  }

  paint(): void {
    const due = this.waiting
    this.waiting = []
    for (const action of due) action()
  }
}
