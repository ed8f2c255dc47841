import type { User } from './user'

/** What the tabs of one browser share, so that they neither race for the session nor end it for each other. */

export interface Access {
  token: string
  /** Milliseconds since the epoch. */
  expiresAt: number
}

/** Told to the other tabs, never to this one. Tokens pass from memory to memory: nothing is stored. */
export type TabMessage =
  | { type: 'signed-in'; user: User; access: Access }
  | { type: 'renewed'; access: Access }
  | { type: 'signed-out' }

export interface Tabs {
  /** Runs `work` while no other tab runs any. */
  exclusively<T>(work: () => Promise<T>): Promise<T>
  tell(message: TabMessage): void
  /** Calls `listener` with what other tabs tell; the answer ends it. */
  listen(listener: (message: TabMessage) => void): () => void
}

const NAME = 'day-trading-session'

/** The browser's own means. Locks need a secure context; without one this tab at least takes turns with itself. */
export function browserTabs(): Tabs {
  const channel = new BroadcastChannel(NAME)
  let last: Promise<unknown> = Promise.resolve()
  return {
    exclusively: async <T>(work: () => Promise<T>): Promise<T> => {
      if ('locks' in navigator) return navigator.locks.request(NAME, work) as Promise<T>
      const turn = last.then(work, work)
      last = turn.catch(() => undefined)
      return turn
    },
    tell: (message) => channel.postMessage(message),
    listen: (listener) => {
      const heard = (event: MessageEvent<TabMessage>) => listener(event.data)
      channel.addEventListener('message', heard)
      return () => channel.removeEventListener('message', heard)
    },
  }
}
