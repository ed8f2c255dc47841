import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { describe, expect, it } from 'vitest'
import { bodyOf, createApi } from '@/api/client'
import { Unreachable } from '@/api/problem'
import { problem } from '@/testing/problem'
import { type Browser, CREDENTIALS, eachWithItsOwn, ORIGIN } from './manual'

const server = setupServer()
let browser: Browser

eachWithItsOwn(server, (fresh) => ({ browser } = fresh))

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
