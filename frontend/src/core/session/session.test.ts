import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { describe, expect, it, vi } from 'vitest'
import { OutcomeUnknown } from '@/api/problem'
import {
  type Browser,
  CREDENTIALS,
  eachWithItsOwn,
  type FakeAuth,
  LIFETIME_S,
  ORIGIN,
} from './manual'
import { RENEW_AHEAD_MS, RETRY_MS } from './session'

const server = setupServer()
let auth: FakeAuth
let browser: Browser

eachWithItsOwn(server, (fresh) => ({ auth, browser } = fresh))

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
