import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { bodyOf, createApi } from '@/api/client'
import { OutcomeUnknown, Unreachable } from '@/api/problem'
import { createSession, RENEW_AHEAD_MS, RETRY_MS, type Session } from './session'
import type { TabMessage, Tabs } from './tabs'

const ORIGIN = 'http://platform.test'
const LIFETIME_S = 900
const server = setupServer()

/** The part of auth that a session speaks to: one cookie, good once; access tokens are numbered. */
class FakeAuth {
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
class Browser {
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

const CREDENTIALS = { username: 'ada', password: 'correct horse' }
let auth: FakeAuth
let browser: Browser

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  auth = new FakeAuth()
  browser = new Browser()
  server.use(...auth.handlers())
})
afterEach(() => {
  browser.close()
  server.resetHandlers()
  vi.useRealTimers()
})
afterAll(() => server.close())

describe('a session', () => {
  it('asks for nothing on a first visit', async () => {
    const session = browser.tab()
    expect(session.store.getState().phase).toBe('unknown')
    await session.start()
    expect(session.store.getState().phase).toBe('signed-out')
    expect(auth.refreshes).toBe(0)
  })

  it('goes on after a reload by the cookie alone', async () => {
    await browser.tab().login(CREDENTIALS)
    const reloaded = browser.tab()
    await reloaded.start()
    expect(reloaded.store.getState()).toMatchObject({ phase: 'signed-in', user: auth.user })
    expect(await reloaded.bearer.token()).toBe('access-2')
  })

  it('stores no token where a script could read it', async () => {
    await browser.tab().login(CREDENTIALS)
    expect([...browser.storage.values()].join()).not.toMatch(/access|refresh/)
  })

  it('stays signed out when the password is wrong', async () => {
    const session = browser.tab()
    await session.start()
    await expect(session.login({ ...CREDENTIALS, password: 'no' })).rejects.toMatchObject({
      type: 'wrong_credentials',
    })
    expect(session.store.getState().phase).toBe('signed-out')
  })

  it('renews its token before it ends', async () => {
    const session = browser.tab()
    await session.login(CREDENTIALS)
    await vi.advanceTimersByTimeAsync(LIFETIME_S * 1000 - RENEW_AHEAD_MS - 1)
    expect(auth.refreshes).toBe(0)
    vi.advanceTimersByTime(1)
    await vi.waitFor(async () => expect(await session.bearer.token()).toBe('access-2'))
  })

  it('renews for all tabs at once', async () => {
    const [first, second] = [browser.tab(), browser.tab()]
    await first.login(CREDENTIALS)
    expect(await second.bearer.token()).toBe('access-1')
    expect(await Promise.all([first, second].map((tab) => tab.bearer.renew('access-1')))).toEqual([
      'access-2',
      'access-2',
    ])
    expect(auth.refreshes).toBe(1)
  })

  it('signs in and out in every tab', async () => {
    const [first, second] = [browser.tab(), browser.tab()]
    await Promise.all([first.start(), second.start()])
    await first.login(CREDENTIALS)
    expect(second.store.getState()).toMatchObject({ phase: 'signed-in', user: auth.user })
    await second.logout()
    expect(first.store.getState().phase).toBe('signed-out')
    expect(await first.bearer.token()).toBeNull()
    expect(auth.cookie).toBeNull()
  })

  it('ends here even when the server cannot be told, and a reload does not bring it back', async () => {
    const session = browser.tab()
    await session.login(CREDENTIALS)
    server.use(http.post(`${ORIGIN}/v1/auth/logout`, () => HttpResponse.error()))
    await expect(session.logout()).rejects.toBeInstanceOf(OutcomeUnknown)
    expect(session.store.getState().phase).toBe('signed-out')
    browser.close()
    const reloaded = browser.tab()
    await reloaded.start()
    expect(reloaded.store.getState().phase).toBe('signed-out')
    expect(auth.cookie).not.toBeNull()
    server.resetHandlers(...auth.handlers())
    await vi.waitFor(async () => {
      await vi.advanceTimersByTimeAsync(RETRY_MS)
      expect(auth.cookie).toBeNull()
    })
    expect(reloaded.store.getState().phase).toBe('signed-out')
    expect(browser.storage.size).toBe(0)
  })

  it('is ended by the cookie when its access token is over, and when it was lost with the page', async () => {
    const session = browser.tab()
    await session.login(CREDENTIALS)
    vi.setSystemTime(Date.now() + LIFETIME_S * 1000)
    await session.logout()
    expect(auth.cookie).toBeNull()

    await session.login(CREDENTIALS)
    server.use(http.post(`${ORIGIN}/v1/auth/logout`, () => HttpResponse.error()))
    await expect(session.logout()).rejects.toBeInstanceOf(Error)
    browser.close()
    server.resetHandlers(...auth.handlers())
    const reloaded = browser.tab()
    await reloaded.start()
    await vi.waitFor(() => expect(auth.cookie).toBeNull())
    expect(reloaded.store.getState().phase).toBe('signed-out')
  })

  it('is not ended by the log-out of the one before it', async () => {
    const session = browser.tab()
    await session.login(CREDENTIALS)
    server.use(http.post(`${ORIGIN}/v1/auth/logout`, () => HttpResponse.error()))
    await expect(session.logout()).rejects.toBeInstanceOf(Error)
    server.resetHandlers(...auth.handlers())
    await session.login(CREDENTIALS)
    await vi.advanceTimersByTimeAsync(2 * RETRY_MS)
    const reloaded = browser.tab()
    await reloaded.start()
    for (const tab of [session, reloaded]) {
      expect(tab.store.getState().phase).toBe('signed-in')
      expect(await tab.bearer.token()).not.toBeNull()
    }
  })

  it('ends when its renewal is refused', async () => {
    const session = browser.tab()
    await session.login(CREDENTIALS)
    auth.cookie = null
    expect(await session.bearer.renew('access-1')).toBeNull()
    expect(session.store.getState().phase).toBe('signed-out')
  })

  it.each(['answered', 'lost'])(
    'stays ended when the log-out of another tab is heard during a renewal that is %s',
    async (how) => {
      const [first, second] = [browser.tab(), browser.tab()]
      await first.login(CREDENTIALS)
      server.use(
        http.post(`${ORIGIN}/v1/auth/refresh`, () => {
          browser.hear({ type: 'signed-out' })
          return how === 'lost' ? HttpResponse.error() : undefined
        }),
      )
      await vi.advanceTimersByTimeAsync(LIFETIME_S * 1000 - RENEW_AHEAD_MS)
      await browser.rests()
      server.resetHandlers(...auth.handlers())
      await vi.advanceTimersByTimeAsync(LIFETIME_S * 1000)
      for (const tab of [first, second]) {
        expect(tab.store.getState().phase).toBe('signed-out')
        expect(await tab.bearer.token()).toBeNull()
      }
    },
  )

  it('does not end when nobody answers, and goes on when somebody does', async () => {
    const session = browser.tab()
    await session.login(CREDENTIALS)
    server.use(http.post(`${ORIGIN}/v1/auth/refresh`, () => HttpResponse.error()))
    vi.setSystemTime(Date.now() + LIFETIME_S * 1000)
    await expect(session.bearer.token()).rejects.toBeInstanceOf(Error)
    expect(session.store.getState().phase).toBe('signed-in')
    server.resetHandlers(...auth.handlers())
    expect(await session.bearer.token()).toBe('access-2')
  })

  it('is taken up later when nobody answers at the start', async () => {
    await browser.tab().login(CREDENTIALS)
    browser.close()
    server.use(http.post(`${ORIGIN}/v1/auth/refresh`, () => HttpResponse.error()))
    const reloaded = browser.tab()
    await reloaded.start()
    expect(reloaded.store.getState().phase).toBe('unreachable')
    server.resetHandlers(...auth.handlers())
    vi.advanceTimersByTime(RETRY_MS)
    await vi.waitFor(() => expect(reloaded.store.getState().phase).toBe('signed-in'))
  })
})

describe('a call', () => {
  const ORDER = {
    body: { symbol: 'ACME', qty: '1', side: 'buy', type: 'market', time_in_force: 'day' },
  } as const

  it('that is refused for its token is made once more with a new one, a write as well', async () => {
    const session = browser.tab()
    await session.login(CREDENTIALS)
    const seen: { token: string | null; body: unknown }[] = []
    server.use(
      http.post(`${ORIGIN}/v2/orders`, async ({ request }) => {
        const token = request.headers.get('authorization')
        seen.push({ token, body: await request.json() })
        return token === 'Bearer access-2'
          ? HttpResponse.json({ id: 'o1' })
          : problem(401, 'unauthorized', 'the token has expired')
      }),
    )
    const api = createApi({ origin: ORIGIN, bearer: session.bearer })
    expect(await bodyOf(api.trading.POST('/v2/orders', ORDER))).toEqual({ id: 'o1' })
    expect(seen).toEqual([
      { token: 'Bearer access-1', body: ORDER.body },
      { token: 'Bearer access-2', body: ORDER.body },
    ])
  })

  it.each(['GET', 'POST'] as const)(
    'whose token nobody can renew was not made, be it a %s',
    async (method) => {
      const session = browser.tab()
      await session.login(CREDENTIALS)
      server.use(
        http.post(`${ORIGIN}/v1/auth/refresh`, () => HttpResponse.error()),
        http.all(`${ORIGIN}/v2/orders`, () => problem(401, 'unauthorized', 'no')),
      )
      const { trading } = createApi({ origin: ORIGIN, bearer: session.bearer })
      const call = method === 'GET' ? trading.GET('/v2/orders') : trading.POST('/v2/orders', ORDER)
      await expect(call).rejects.toBeInstanceOf(Unreachable)
    },
  )

  it('is sent twice at most', async () => {
    const session = browser.tab()
    await session.login(CREDENTIALS)
    let calls = 0
    server.use(
      http.get(`${ORIGIN}/v2/account`, () => {
        calls += 1
        return problem(401, 'unauthorized', 'no')
      }),
    )
    const api = createApi({ origin: ORIGIN, bearer: session.bearer })
    await expect(api.trading.GET('/v2/account')).rejects.toMatchObject({ status: 401 })
    expect(calls).toBe(2)
  })
})

function problem(status: number, type: string, message: string) {
  return HttpResponse.json(
    { type, title: '', status, detail: message, code: status * 100_000, message },
    { status, headers: { 'content-type': 'application/problem+json' } },
  )
}
