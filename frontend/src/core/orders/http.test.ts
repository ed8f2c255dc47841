import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createApi } from '@/api/client'
import { problem } from '@/testing/problem'
import { createTradingApi } from './http'
import { orderDocument } from './manual'
import { anOrder, TERMS } from './testing'

const ORIGIN = 'http://platform.test'
const server = setupServer()

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

describe('trading over HTTP', () => {
  it('reads open orders page by page, all of them', async () => {
    const all = Array.from({ length: 1_001 }, (_, at) => orderDocument(anOrder({ id: `o${at}` })))
    server.use(
      http.get(`${ORIGIN}/v2/orders`, ({ request }) => {
        const { searchParams } = new URL(request.url)
        expect(searchParams.get('status')).toBe('open')
        const before = searchParams.get('before_order_id')
        const from = before === null ? 0 : 1 + all.findIndex(({ id }) => id === before)
        return HttpResponse.json(all.slice(from, from + Number(searchParams.get('limit'))))
      }),
    )
    const open = await createTradingApi(createApi({ origin: ORIGIN })).openOrders()
    expect(open.map(({ id }) => id)).toEqual(all.map((each) => each['id']))
  })

  it('knows that an order whose token nobody could renew was not placed', async () => {
    server.use(http.all(`${ORIGIN}/v2/*`, () => problem(401, 'unauthorized', 'no')))
    const bearer = {
      token: () => Promise.resolve('old'),
      renew: () => Promise.reject(new Error('nobody answers')),
    }
    const api = createTradingApi(createApi({ origin: ORIGIN, bearer }))
    expect(await api.place(TERMS, 'name-1')).toMatchObject({ kind: 'refused' })
    expect(await api.cancel('order-1')).toMatchObject({ kind: 'refused' })
  })

  it('says which field a refusal is about', async () => {
    const message = 'qty: Input should be greater than 0'
    server.use(http.post(`${ORIGIN}/v2/orders`, () => problem(422, 'invalid_input', message)))
    const api = createTradingApi(createApi({ origin: ORIGIN }))
    expect(await api.place(TERMS, 'name-1')).toMatchObject({
      kind: 'refused',
      problem: { fields: { qty: 'Input should be greater than 0' } },
    })
  })
})
