/**
 * Who is signed in. The refresh token is a cookie that no script can read; the access token is held in this
 * closure and nowhere else. One tab at a time changes the cookie, and tells the others what came of it.
 */
import { createStore, type StoreApi } from 'zustand/vanilla'
import { bodyOf, createApi, type Api, type Bearer } from '@/api/client'
import { ApiProblem } from '@/api/problem'
import { browserTabs, type Access, type Tabs } from './tabs'
import type { Credentials, User } from './user'

/** `unreachable`: there may be a session to take up, and nobody answers so far. */
export type SessionState =
  | { phase: 'unknown'; user: null }
  | { phase: 'unreachable'; user: null }
  | { phase: 'signed-out'; user: null }
  | { phase: 'signed-in'; user: User }

export interface Session {
  store: StoreApi<SessionState>
  bearer: Bearer
  /** Takes up the session of an earlier visit, if there is one. */
  start(): Promise<void>
  login(credentials: Credentials): Promise<void>
  /** Makes the user and signs in. */
  register(credentials: Credentials): Promise<void>
  /** Ends the session here whatever happens; rejects when the server could not be told, which is then told later. */
  logout(): Promise<void>
  close(): void
}

interface Options {
  origin?: string
  tabs?: Tabs
  /** Holds what is no secret: whether asking for a session makes sense, and whether one has yet to be ended. */
  storage?: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
}

/** An access token is renewed this long before it ends. */
export const RENEW_AHEAD_MS = 60_000
/** After a renewal or a log-out that nobody answered the next one comes this much later. */
export const RETRY_MS = 5_000
const HINT = 'session'
const LOGGED_OUT = 'logged-out'
const COOKIE_HEADER = { 'X-Session-Cookie': '1' } as const

export function createSession({
  origin = location.origin,
  tabs = browserTabs(),
  storage = localStorage,
}: Options = {}): Session {
  const store = createStore<SessionState>(() => ({ phase: 'unknown', user: null }))
  const anonymous = createApi({ origin }).auth
  let access: Access | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let endTimer: ReturnType<typeof setTimeout> | undefined
  let renewal: Promise<string | null> | null = null
  let starting: Promise<void> | null = null
  /** How often a session ended here. */
  let endings = 0

  const me = () => bodyOf(authOf(tokenNow).GET('/v1/auth/me'))

  /** Calls with this token and no other. */
  function authOf(token: () => string | null): Api['auth'] {
    const bearer = {
      token: () => Promise.resolve(token()),
      renew: () => Promise.resolve(null),
    }
    return createApi({ origin, bearer }).auth
  }

  function tokenNow(): string | null {
    return access?.token ?? null
  }

  function take(next: Access): void {
    access = next
    storage.setItem(HINT, '1')
    clearTimeout(timer)
    timer = setTimeout(renewInBackground, Math.max(0, next.expiresAt - RENEW_AHEAD_MS - Date.now()))
  }

  function forget(): void {
    endings += 1
    access = null
    storage.removeItem(HINT)
    clearTimeout(timer)
    if (store.getState().phase !== 'signed-out') {
      store.setState({ phase: 'signed-out', user: null }, true)
    }
  }

  function renewInBackground(): void {
    renew().catch(() => {
      if (access !== null) timer = setTimeout(renewInBackground, RETRY_MS)
    })
  }

  /** A token newer than `known`. Null: the session is over. Rejects when nobody could say. */
  function renew(known = access): Promise<string | null> {
    const before = endings
    renewal ??= tabs
      .exclusively(async () => {
        // Whoever logged out in the meantime, here or in another tab, stays logged out.
        if (endings !== before) return tokenNow()
        // Another tab may have been here while this one waited for its turn.
        if (access !== null && access !== known && isFresh(access)) return access.token
        const renewed = await refresh(anonymous)
        if (endings !== before) return tokenNow()
        if (renewed === null) {
          forget()
          return null
        }
        take(renewed)
        tabs.tell({ type: 'renewed', access: renewed })
        return renewed.token
      })
      .finally(() => {
        renewal = null
      })
    return renewal
  }

  function enter(user: User): void {
    if (access !== null) store.setState({ phase: 'signed-in', user }, true)
  }

  /** Ends on the server what was logged out here. For that the cookie is enough, with no access token left. */
  async function endOnServer(): Promise<void> {
    // Another tab may have been here, or have begun another session.
    if (storage.getItem(LOGGED_OUT) === null) return
    const last = access !== null && isFresh(access) ? access : await refresh(anonymous)
    if (last !== null)
      await authOf(() => last.token).POST('/v1/auth/logout', { headers: COOKIE_HEADER })
    storage.removeItem(LOGGED_OUT)
  }

  function endLater(): void {
    tabs.exclusively(endOnServer).catch(() => {
      endTimer = setTimeout(endLater, RETRY_MS)
    })
  }

  async function takeUp(): Promise<void> {
    if (storage.getItem(LOGGED_OUT) !== null) {
      forget()
      endLater()
      return
    }
    if (storage.getItem(HINT) === null) {
      forget()
      return
    }
    try {
      if ((await renew()) !== null) enter(await me())
    } catch (error) {
      if (isRefusal(error) || storage.getItem(HINT) === null) {
        forget()
        return
      }
      store.setState({ phase: 'unreachable', user: null }, true)
      timer = setTimeout(() => void takeUp(), RETRY_MS)
    }
  }

  async function login(credentials: Credentials): Promise<void> {
    await tabs.exclusively(async () => {
      const tokens = await bodyOf(
        anonymous.POST('/v1/auth/login', { body: credentials, headers: COOKIE_HEADER }),
      )
      const begun = accessOf(tokens)
      // The cookie of the session before is gone, and with it the means to end that one or to take it up.
      storage.removeItem(LOGGED_OUT)
      take(begun)
      const user = await me()
      enter(user)
      tabs.tell({ type: 'signed-in', user, access: begun })
    })
  }

  const unlisten = tabs.listen((message) => {
    if (message.type === 'signed-out') {
      forget()
      return
    }
    // Whoever does not know the user yet asks for them with a token of their own.
    if (message.type === 'renewed' && store.getState().phase !== 'signed-in') return
    take(message.access)
    if (message.type === 'signed-in') enter(message.user)
  })

  return {
    store,
    bearer: {
      token: async () => {
        if (starting !== null) await starting
        if (access === null) return null
        if (isFresh(access)) return access.token
        return renew()
      },
      renew: async (refused) => {
        if (access === null) return null
        if (access.token !== refused) return access.token
        return renew()
      },
    },
    start: () => (starting ??= takeUp()),
    login,
    register: async (credentials) => {
      await bodyOf(anonymous.POST('/v1/auth/register', { body: credentials }))
      await login(credentials)
    },
    logout: async () => {
      // First, so that a page that is closed meanwhile ends the session when it is opened again.
      storage.setItem(LOGGED_OUT, '1')
      await tabs.exclusively(async () => {
        try {
          await endOnServer()
        } catch (error) {
          endTimer = setTimeout(endLater, RETRY_MS)
          throw error
        } finally {
          forget()
          tabs.tell({ type: 'signed-out' })
        }
      })
    },
    close: () => {
      clearTimeout(timer)
      clearTimeout(endTimer)
      unlisten()
    },
  }
}

/** A new access token by the cookie; null when the session is over. */
async function refresh(auth: Api['auth']): Promise<Access | null> {
  try {
    return accessOf(await bodyOf(auth.POST('/v1/auth/refresh', { headers: COOKIE_HEADER })))
  } catch (error) {
    if (isRefusal(error)) return null
    throw error
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 401 || error.status === 403)
}

function accessOf(tokens: { access_token: string; expires_in: number }): Access {
  return { token: tokens.access_token, expiresAt: Date.now() + tokens.expires_in * 1000 }
}

/** Good for at least one more call. */
function isFresh(access: Access): boolean {
  return access.expiresAt - Date.now() > 5_000
}
