import type { Page, WebSocketRoute } from '@playwright/test'

interface Message {
  type: string
}

/** The market stream between page and platform, where a test can make it lose something, or cut it. */
export class Feed {
  /** While true, the page's wish for a fresh book does not reach the platform. */
  #holdsResyncs = false
  /** While true, nobody gets through. */
  #isCut = false
  #wishes: (() => void)[] = []
  #open = new Set<WebSocketRoute>()
  #loss: (() => void) | null = null

  static async of(page: Page): Promise<Feed> {
    const feed = new Feed()
    await page.routeWebSocket(/\/v1\/stream\/market/, (socket) => feed.#join(socket))
    return feed
  }

  set holdsResyncs(holds: boolean) {
    this.#holdsResyncs = holds
    if (holds) return
    for (const pass of this.#wishes) pass()
    this.#wishes = []
  }

  /** Takes the next delta out of its frame; fulfilled when that has happened. */
  loseDelta(): Promise<void> {
    return new Promise((resolve) => (this.#loss = resolve))
  }

  /** Ends every connection, and refuses new ones until `mend`. */
  async cut(): Promise<void> {
    this.#isCut = true
    await Promise.all([...this.#open].map((socket) => socket.close({ code: 1001 })))
    this.#open.clear()
  }

  mend(): void {
    this.#isCut = false
  }

  #join(socket: WebSocketRoute): void {
    if (this.#isCut) {
      void socket.close({ code: 1013 })
      return
    }
    const platform = socket.connectToServer()
    this.#open.add(socket)
    socket.onMessage((text) => {
      const pass = () => platform.send(text)
      if (this.#holdsResyncs && String(text).includes('"resync"')) this.#wishes.push(pass)
      else pass()
    })
    platform.onMessage((text) => socket.send(this.#lossy(String(text))))
  }

  #lossy(text: string): string {
    if (this.#loss === null || !text.includes('"delta"')) return text
    const messages = JSON.parse(text) as Message[]
    const at = messages.findIndex(({ type }) => type === 'delta')
    messages.splice(at, 1)
    this.#loss()
    this.#loss = null
    return JSON.stringify(messages)
  }
}
