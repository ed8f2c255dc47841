import { http, HttpResponse } from 'msw'
import type { SetupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest'
import { problem } from '@/testing/problem'
import { createSession, type Session } from './session'
import type { TabMessage, Tabs } from './tabs'

export const ORIGIN = 'http://platform.test'
export const LIFETIME_S = 900
/** The part of auth that a session speaks to: one cookie, good once; access tokens are numbered. */
export class FakeAuth {
  refreshes = 0
  cookie: string | null = null
  issued = 0
  user = { username: 'ada', roles: ['trader'] }

  handlers() {
    return [
      http.post(`${ORIGIN}/v1/auth/login`, async ({ request }) => {
        const { password } = (await request.json()) as { password: string }
        if (password !== 'correct horse') return problem(401, 'wrong_credentials', 'wrong')
        return this.tokens()
      }),
      http.post(`${ORIGIN}/v1/auth/refresh`, ({ request }) => {
        this.refreshes += 1
        if (request.headers.get('x-session-cookie') !== '1') return problem(403, 'x', 'no header')
        return this.cookie === null ? problem(401, 'invalid_refresh_token', 'no') : this.tokens()
      }),
      http.post(`${ORIGIN}/v1/auth/logout`, ({ request }) => {
        if (!this.knows(request)) return problem(401, 'unauthorized', 'bad token')
        this.cookie = null
        return new HttpResponse(null, { status: 204 })
      }),
      http.get(`${ORIGIN}/v1/auth/me`, ({ request }) =>
        this.knows(request)
          ? HttpResponse.json(this.user)
          : problem(401, 'unauthorized', 'bad token'),
      ),
    ]
  }

  private knows(request: Request) {
    return request.headers.get('authorization') === `Bearer access-${this.issued}`
  }

  private tokens() {
    this.issued += 1
    this.cookie = `refresh-${this.issued}`
    return HttpResponse.json({ access_token: `access-${this.issued}`, expires_in: LIFETIME_S })
  }
}

/** One browser: its tabs take turns, and hear each other. */
export class Browser {
  readonly storage = new Map<string, string>()
  private readonly listeners = new Set<(message: TabMessage) => void>()
  private turn: Promise<unknown> = Promise.resolve()
  private readonly open: Session[] = []

  tab(): Session {
    const own = new Set<(message: TabMessage) => void>()
    const tabs: Tabs = {
      exclusively: <T>(work: () => Promise<T>) => {
        const turn = this.turn.then(work, work)
        this.turn = turn.catch(() => undefined)
        return turn
      },
      tell: (message) => {
        for (const listener of this.listeners) if (!own.has(listener)) listener(message)
      },
      listen: (listener) => {
        this.listeners.add(listener)
        own.add(listener)
        return () => this.listeners.delete(listener)
      },
    }
    const storage = {
      getItem: (key: string) => this.storage.get(key) ?? null,
      setItem: (key: string, value: string) => void this.storage.set(key, value),
      removeItem: (key: string) => void this.storage.delete(key),
    }
    const session = createSession({ origin: ORIGIN, tabs, storage })
    this.open.push(session)
    return session
  }

  /** What a tab that is not among them tells. */
  hear(message: TabMessage) {
    for (const listener of this.listeners) listener(message)
  }

  /** No tab has a turn any more. */
  async rests() {
    await this.turn
  }

  close() {
    for (const session of this.open) session.close()
  }
}

export const CREDENTIALS = { username: 'ada', password: 'correct horse' }

/** Gives every test of a file an auth service, a browser and a clock of its own. */
export function eachWithItsOwn(
  server: SetupServer,
  begin: (fresh: { auth: FakeAuth; browser: Browser }) => void,
): void {
  let browser: Browser
  beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    const auth = new FakeAuth()
    browser = new Browser()
    server.use(...auth.handlers())
    begin({ auth, browser })
  })
  afterEach(() => {
    browser.close()
    server.resetHandlers()
    vi.useRealTimers()
  })
  afterAll(() => server.close())
}
