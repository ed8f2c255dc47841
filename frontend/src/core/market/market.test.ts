import { describe, expect, it } from 'vitest'
import { canTrade } from './canTrade'
import {
  barOf,
  deltaOf,
  BOOK,
  heartbeatOf,
  liveMarket,
  type ManualMarket,
  snapshotOf,
  tickerOf,
  tradesOf,
} from './manual'
import { TRADES_KEPT } from './state'

const gap = () => deltaOf({ previous: 41, sequence: 42, bids: [[99, 1, 1]] })
const resyncsAsked = (client: ManualMarket) =>
  client.server.requests.filter(({ action }) => action === 'resync').length

describe('a gap', () => {
  it('blocks order entry in the very message, before any frame', () => {
    const client = liveMarket()
    expect(canTrade(client.state)).toEqual({ allowed: true })
    const seen: boolean[] = []
    client.market.store.subscribe((state) => seen.push(canTrade(state).allowed))
    client.server.tell(gap())
    expect(seen).toEqual([false])
    expect(canTrade(client.state)).toMatchObject({ allowed: false, code: 'stale' })
    expect(client.state.active).toMatchObject({ bookPhase: 'stale', staleSince: client.time.now() })
  })

  it('keeps the last good book to be shown dimmed, and asks for a fresh one at once', () => {
    const client = liveMarket()
    client.server.tell(deltaOf({ previous: 10, sequence: 11, bids: [[100, 8, 1]] }), gap())
    expect(client.state.active?.book).toMatchObject({
      sequence: 11,
      bids: [{ ticks: 100, lots: 8 }],
    })
    expect(client.server.requests.at(-1)).toEqual({ action: 'resync', symbol: 'ACME' })
  })

  it('is over with the snapshot, and how long it took is known', () => {
    const client = liveMarket()
    client.server.tell(gap())
    client.time.advance(37)
    client.server.tell(snapshotOf({ ...BOOK, sequence: 12 }))
    client.frames.paint()
    expect(canTrade(client.state)).toEqual({ allowed: true })
    expect(client.state.resyncs).toEqual({ count: 1, lastMs: 37 })
    expect(client.state.active?.staleSince).toBeNull()
  })

  it('that is not answered is asked about again, ever more slowly', () => {
    const client = liveMarket()
    client.server.tell(gap())
    expect(resyncsAsked(client)).toBe(1)
    const asked = []
    for (let second = 0; second < 30; second += 1) {
      client.server.tell(heartbeatOf(true), gap())
      client.time.advance(1_000)
      asked.push(resyncsAsked(client))
    }
    expect(asked.at(2)).toBe(2)
    expect(asked.at(-1)).toBeGreaterThan(4)
    expect(asked.at(-1)).toBeLessThan(10)
  })

  it('right after a repair waits before it asks again', () => {
    const client = liveMarket()
    const repair = () => client.server.tell(snapshotOf(BOOK))
    client.server.tell(gap())
    repair()
    client.time.advance(4_000)
    client.server.tell(gap())
    expect(resyncsAsked(client)).toBe(1)
    client.time.advance(500)
    expect(resyncsAsked(client)).toBe(2)
    repair()
    client.time.advance(4_000)
    client.server.tell(heartbeatOf(true))
    client.time.advance(1_000)
    client.server.tell(gap())
    expect(resyncsAsked(client)).toBe(3)
  })

  it('is also a book that looks crossed, which is never shown', () => {
    const client = liveMarket()
    client.server.tell(deltaOf({ previous: 10, sequence: 11, bids: [[102, 8, 1]] }))
    client.frames.paint()
    expect(client.state.active).toMatchObject({ bookPhase: 'stale', book: { sequence: 10 } })
  })

  it('can be declared by hand', () => {
    const client = liveMarket()
    client.market.resync()
    expect(canTrade(client.state)).toMatchObject({ code: 'stale' })
  })
})

describe('a malformed message', () => {
  it('of the active symbol begins book and trades again', () => {
    const client = liveMarket()
    client.time.advance(1)
    client.server.tell({ ...tradesOf([]), trades: [[1, 'a', 1, 'buy', 1]] })
    expect(canTrade(client.state)).toMatchObject({ code: 'stale' })
    client.time.advance(3_000)
    expect(client.server.requests.at(-1)).toMatchObject({ action: 'subscribe' })
    client.server.tell(
      tradesOf([[7, 101, 1, 'buy', 1]], true),
      snapshotOf({ ...BOOK, sequence: 20 }),
    )
    client.frames.paint()
    expect(canTrade(client.state)).toEqual({ allowed: true })
    expect(client.state.active?.trades).toHaveLength(1)
  })

  it('of another symbol is reported and changes nothing', () => {
    const client = liveMarket()
    client.server.tell({ type: 'ticker', symbol: 'OTHER' })
    expect(canTrade(client.state)).toEqual({ allowed: true })
    expect(client.reports).toEqual([expect.stringContaining('malformed message')])
  })
})

describe('the connection', () => {
  it('that is silent for five seconds is given up, and the book with it', () => {
    const client = liveMarket()
    client.time.advance(4_999)
    expect(canTrade(client.state).allowed).toBe(true)
    client.time.advance(1)
    expect(client.state.connection.phase).toBe('waiting')
    expect(canTrade(client.state)).toMatchObject({ code: 'offline' })
  })

  it('comes back with everything subscribed anew, and trades only from a live book', () => {
    const client = liveMarket()
    client.market.watchTickers('*')
    client.server.drop(1001, 'going away')
    expect(client.state.active).toMatchObject({ bookPhase: 'stale', book: { sequence: 10 } })
    client.time.advance(1_000)
    expect(client.sockets).toHaveLength(2)
    client.server.accept()
    expect(client.server.requests).toEqual([
      { action: 'subscribe', channels: ['tickers'], symbols: ['*'] },
      { action: 'subscribe', channels: ['depth', 'trades', 'bars'], symbols: ['ACME'] },
    ])
    client.server.tell(heartbeatOf(true), deltaOf({ previous: 10, sequence: 11 }))
    client.frames.paint()
    expect(canTrade(client.state)).toMatchObject({ code: 'stale' })
    client.server.tell(snapshotOf({ ...BOOK, sequence: 3 }))
    client.frames.paint()
    expect(canTrade(client.state)).toEqual({ allowed: true })
  })

  it('to a server that does not hear the engine blocks order entry at once', () => {
    const client = liveMarket()
    client.server.tell(heartbeatOf(false))
    expect(canTrade(client.state)).toMatchObject({ code: 'not_live' })
    client.server.tell(heartbeatOf(true))
    expect(canTrade(client.state)).toEqual({ allowed: true })
  })

  it('measures its latency with pings', () => {
    const client = liveMarket()
    const ping = JSON.parse(client.server.sent.at(-1) ?? '') as { id: number }
    client.time.advance(12)
    client.server.tell({ type: 'pong', id: ping.id })
    client.frames.paint()
    expect(client.state.connection.latencyMs).toBe(12)
  })

  it('closed by its owner stays closed and leaves nothing running', () => {
    const client = liveMarket()
    client.server.tell(gap())
    client.market.close()
    expect(client.state.connection.phase).toBe('closed')
    expect(client.time.waiting).toBe(0)
  })
})

describe('one frame', () => {
  it('takes a burst of 2,000 prints as one patch of bounded size', () => {
    const client = liveMarket()
    let patches = 0
    client.market.store.subscribe(() => (patches += 1))
    for (let print = 1; print <= 2_000; print += 1) {
      client.server.tell(tradesOf([[100 + print, 101, 1, 'buy', 1]]))
    }
    expect(patches).toBe(0)
    client.frames.paint()
    expect(patches).toBe(1)
    const { trades } = client.state.active ?? {}
    expect(trades).toHaveLength(TRADES_KEPT)
    expect(trades?.at(-1)?.id).toBe(2_100)
  })

  it('leaves what did not change the same object', () => {
    const client = liveMarket()
    client.market.watchTickers(['ACME'])
    client.server.tell(tickerOf('ACME', 101), barOf(60, 101, true), barOf(120, 101, false))
    client.frames.paint()
    const before = client.state
    client.server.tell(barOf(120, 102, false))
    client.frames.paint()
    const after = client.state
    expect(after.tickers).toBe(before.tickers)
    expect(after.active?.book).toBe(before.active?.book)
    expect(after.active?.trades).toBe(before.active?.trades)
    expect(after.active?.bars.closed).toBe(before.active?.bars.closed)
    expect(after.active?.bars.forming?.close).toBe(102)
  })

  it('shows every trade once', () => {
    const client = liveMarket()
    client.server.tell(tradesOf([[5, 101, 1, 'buy', 1]]))
    client.server.tell(
      tradesOf([
        [5, 101, 1, 'buy', 1],
        [6, 101, 1, 'sell', 1],
      ]),
    )
    client.frames.paint()
    expect(client.state.active?.trades?.map(({ id }) => id)).toEqual([5, 6])
  })
})

describe('minutes', () => {
  it('close once, and a new connection says that some may be missing', () => {
    const client = liveMarket()
    client.server.tell(barOf(60, 101, false), barOf(60, 103, true), barOf(60, 104, false))
    client.frames.paint()
    const { bars } = client.state.active ?? {}
    expect(bars?.closed.map(({ close }) => close)).toEqual([103])
    expect(bars?.forming).toBeNull()
    client.server.drop()
    client.time.advance(1_000)
    client.server.accept()
    client.server.tell(barOf(240, 105, false))
    client.frames.paint()
    expect(client.state.active?.bars.epoch).toBeGreaterThan(bars?.epoch ?? Infinity)
    expect(client.state.active?.bars.closed).toEqual([])
  })
})

describe('tickers', () => {
  it('are those that were asked for', () => {
    const client = liveMarket()
    client.market.watchTickers(['ACME', 'OTHER'])
    client.server.tell(tickerOf('ACME', 101), tickerOf('OTHER', null))
    client.frames.paint()
    expect([...client.state.tickers.keys()]).toEqual(['ACME', 'OTHER'])
    client.market.watchTickers(['OTHER'])
    client.server.tell(tickerOf('ACME', 102))
    client.frames.paint()
    expect([...client.state.tickers.keys()]).toEqual(['OTHER'])
    expect(client.server.requests.at(-1)).toEqual({
      action: 'unsubscribe',
      channels: ['tickers'],
      symbols: ['ACME'],
    })
  })
})
