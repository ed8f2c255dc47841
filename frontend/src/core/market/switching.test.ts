import { describe, expect, it } from 'vitest'
import { canTrade } from './canTrade'
import {
  barOf,
  BOOK,
  deltaOf,
  heartbeatOf,
  liveMarket,
  snapshotOf,
  subscribed,
  tradesOf,
} from './manual'

/** What was on its way when the symbol was left. */
const OLD = [
  tradesOf([[7, 101, 1, 'buy', 1]], true),
  snapshotOf({ ...BOOK, sequence: 11 }),
  barOf(60, 101, false),
]
const NOTHING_HEARD = {
  symbol: 'ACME',
  bookPhase: 'loading',
  book: null,
  trades: null,
  bars: { closed: [], forming: null },
}

describe('another symbol', () => {
  it('begins a generation; what still comes for the old one is dropped', () => {
    const client = liveMarket()
    const first = client.state.active?.generation ?? 0
    const second = client.market.watch('OTHER')
    expect(second).toBeGreaterThan(first)
    expect(client.server.requests.slice(-2)).toEqual([
      { action: 'unsubscribe', channels: ['depth', 'trades', 'bars'], symbols: ['ACME'] },
      { action: 'subscribe', channels: ['depth', 'trades', 'bars'], symbols: ['OTHER'] },
    ])
    client.server.tell(snapshotOf(BOOK), tradesOf([[1, 1, 1, 'buy', 1]], true), barOf(60, 1, true))
    client.frames.paint()
    expect(client.state.active).toMatchObject({
      symbol: 'OTHER',
      generation: second,
      bookPhase: 'loading',
      book: null,
      trades: null,
      bars: { closed: [], forming: null },
    })
  })

  it('and back again needs a snapshot and recent trades of its own', () => {
    const client = liveMarket()
    client.market.watch('OTHER')
    client.market.watch('ACME')
    client.server.tell(deltaOf({ previous: 10, sequence: 11 }), tradesOf([[1, 1, 1, 'buy', 1]]))
    client.frames.paint()
    expect(client.state.active).toMatchObject({ bookPhase: 'loading', trades: null })
    expect(canTrade(client.state)).toMatchObject({ code: 'loading' })
  })

  it('that the server does not know is told as a problem', () => {
    const client = liveMarket()
    client.market.watch('NOPE')
    client.server.tell(subscribed(), {
      type: 'error',
      code: 'unknown_symbol',
      message: 'NOPE is not listed',
    })
    client.frames.paint()
    expect(client.state.active?.problem).toBe('NOPE is not listed')
  })

  it('and back at once takes nothing that was sent before it was left', () => {
    const client = liveMarket()
    client.market.watch('OTHER')
    client.market.watch('ACME')
    // Left, chosen, left and chosen again: four answers, and the old messages before the first one.
    client.server.tell(...OLD)
    client.server.tell(...OLD, subscribed(), subscribed(), subscribed(), subscribed())
    client.frames.paint()
    expect(client.state.active).toMatchObject(NOTHING_HEARD)
    expect(canTrade(client.state)).toMatchObject({ code: 'loading' })
    client.server.tell(tradesOf([[8, 1, 1, 'buy', 1]], true), snapshotOf({ ...BOOK, sequence: 12 }))
    client.frames.paint()
    expect(client.state.active).toMatchObject({ bookPhase: 'live', book: { sequence: 12 } })
    expect(client.state.active?.trades).toHaveLength(1)
  })

  it('and back takes nothing old when the other one was refused, or tickers were asked for', () => {
    const client = liveMarket()
    client.market.watchTickers('*')
    client.market.watch('NOPE')
    client.market.watch('ACME')
    client.server.tell(subscribed(), ...OLD)
    client.frames.paint()
    expect(client.state.active).toMatchObject(NOTHING_HEARD)
    const refusal = { type: 'error', code: 'unknown_symbol', message: 'NOPE is not listed' }
    client.server.tell(subscribed(), refusal, subscribed(), subscribed(), snapshotOf(BOOK))
    client.frames.paint()
    expect(client.state.active).toMatchObject({ bookPhase: 'live', problem: null })
  })

  it('and back again and again takes nothing of the times before', () => {
    const client = liveMarket()
    for (const symbol of ['OTHER', 'ACME', 'OTHER', 'ACME']) client.market.watch(symbol)
    // What the second of the three choices of ACME is told.
    client.server.tell(subscribed(), subscribed(), subscribed(), subscribed(), ...OLD)
    client.frames.paint()
    expect(client.state.active).toMatchObject(NOTHING_HEARD)
  })

  it('does not take over the refusal of the one before', () => {
    const client = liveMarket()
    client.market.watch('NOPE')
    client.market.watch('OTHER')
    client.server.tell(subscribed(), { type: 'error', code: 'unknown_symbol', message: 'NOPE' })
    client.frames.paint()
    expect(client.state.active).toMatchObject({ symbol: 'OTHER', problem: null })
  })

  it('on a new connection waits for nothing that the old one owed', () => {
    const client = liveMarket()
    client.market.watch('OTHER')
    client.market.watch('ACME')
    client.server.drop()
    client.time.advance(1_000)
    client.server.accept()
    client.server.tell(heartbeatOf(true), subscribed(), tradesOf([], true), snapshotOf(BOOK))
    client.frames.paint()
    expect(canTrade(client.state)).toEqual({ allowed: true })
  })
})
