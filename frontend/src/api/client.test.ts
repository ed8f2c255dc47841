import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { bodyOf, createApi, PATIENCE_MS } from './client'
import { ApiProblem, isOutcomeUnknown, OutcomeUnknown, Unreachable } from './problem'

const ORIGIN = 'http://platform.test'
const server = setupServer()
const api = createApi({ origin: ORIGIN })
const deposit = () => api.trading.POST('/v1/funding/deposits', { body: { amount: '1' } })

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

function answering(status: number, body: object, headers: Record<string, string> = {}) {
  server.use(http.all(`${ORIGIN}/*`, () => HttpResponse.json(body, { status, headers })))
}

async function failure(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => expect.fail('it should have been thrown'),
    (error: unknown) => error,
  )
}

describe('the client', () => {
  it('answers the body of a success', async () => {
    answering(200, [{ symbol: 'ACME' }])
    expect(await bodyOf(api.trading.GET('/v2/assets'))).toEqual([{ symbol: 'ACME' }])
  })

  it('reads a problem document with its id and its patience', async () => {
    const document = {
      type: 'insufficient_buying_power',
      code: 40310000,
      message: 'insufficient buying power',
      request_id: 'r-1',
      buying_power: '5',
    }
    answering(403, document, { 'retry-after': '7' })
    expect(await failure(deposit())).toMatchObject({
      status: 403,
      type: 'insufficient_buying_power',
      code: 40310000,
      message: 'insufficient buying power',
      requestId: 'r-1',
      retryAfter: 7,
      members: { buying_power: '5' },
    })
  })

  it('finds the field that a sentence is about', async () => {
    answering(422, { type: 'invalid_input', message: 'amount: Input should be greater than 0' })
    expect(await failure(deposit())).toMatchObject({
      fields: { amount: 'Input should be greater than 0' },
    })
  })

  it('says what happened even when the answer is no problem document', async () => {
    server.use(http.all(`${ORIGIN}/*`, () => new HttpResponse('<html>', { status: 502 })))
    expect(await failure(deposit())).toMatchObject({ status: 502, type: 'unreadable' })
  })

  it('does not know the outcome of a write that nobody answered', async () => {
    let sent = 0
    server.use(
      http.post(`${ORIGIN}/*`, () => {
        sent += 1
        return HttpResponse.error()
      }),
    )
    const error = await failure(deposit())
    expect(error).toBeInstanceOf(OutcomeUnknown)
    expect(isOutcomeUnknown(error)).toBe(true)
    expect(sent).toBe(1)
  })

  it('knows that a read which nobody answered did nothing', async () => {
    server.use(http.get(`${ORIGIN}/*`, () => HttpResponse.error()))
    const error = await failure(api.trading.GET('/v2/account'))
    expect(error).toBeInstanceOf(Unreachable)
    expect(isOutcomeUnknown(error)).toBe(false)
  })

  it('gives up waiting', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    let arrived = () => {}
    const arrival = new Promise<void>((resolve) => (arrived = resolve))
    const patient = createApi({
      origin: ORIGIN,
      fetch: (request) => {
        arrived()
        return new Promise((_, reject) =>
          request.signal.addEventListener('abort', () => reject(new Error('aborted'))),
        )
      },
    })
    const call = failure(patient.trading.POST('/v1/funding/deposits', { body: { amount: '1' } }))
    await arrival
    vi.advanceTimersByTime(PATIENCE_MS)
    expect(await call).toBeInstanceOf(OutcomeUnknown)
    vi.useRealTimers()
  })

  it.each([
    [503, 'unavailable', false],
    [503, 'outcome_unknown', true],
    [504, 'upstream_timeout', true],
    [500, 'internal', true],
    [422, 'not_possible', false],
  ])('after %i %s: outcome unknown is %s', async (status, type, unknown) => {
    answering(status, { type, message: 'no' })
    const error = await failure(deposit())
    expect(error).toBeInstanceOf(ApiProblem)
    expect(isOutcomeUnknown(error)).toBe(unknown)
  })
})
