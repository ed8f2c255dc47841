import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { barOf, deltaOf, heartbeatOf, snapshotOf, tickerOf, tradesOf } from '../market/manual'
import { decodeFrame } from './protocol'

const GOOD: Record<string, object> = {
  welcome: { type: 'welcome', log_id: 'a', interval_ms: 20, symbols_limit: 10 },
  subscribed: { type: 'subscribed', channels: { depth: ['ACME'] } },
  snapshot: snapshotOf({
    sequence: 5,
    bids: [
      [9, 1, 1],
      [8, 2, 1],
    ],
    asks: [[10, 1, 1]],
  }),
  delta: deltaOf({ previous: 5, sequence: 6, bids: [[9, 0, 0]] }),
  trades: tradesOf([[7, 9, 1, 'sell', 1]]),
  recent_trades: tradesOf([[7, 9, 1, 'buy', 1]], true),
  bar: barOf(60, 101, true),
  ticker: tickerOf('ACME', 101),
  heartbeat: heartbeatOf(true),
  pong: { type: 'pong', id: 7 },
  error: { type: 'error', code: 'unknown_symbol', message: 'no' },
}

describe('decodeFrame', () => {
  it.each(Object.entries(GOOD))('reads %s', (type, message) => {
    const { messages, malformed } = decodeFrame(JSON.stringify([message]))
    expect(malformed).toEqual([])
    expect(messages).toMatchObject([{ type }])
  })

  it('reads a level as integers and a trade with its taker', () => {
    const { messages } = decodeFrame(JSON.stringify([GOOD['delta'], GOOD['trades']]))
    expect(messages).toMatchObject([
      { previous: 5, sequence: 6, bids: [{ ticks: 9, lots: 0, orders: 0 }], asks: [] },
      { trades: [{ id: 7, ticks: 9, lots: 1, takerSide: 'sell', timeUs: 1 }] },
    ])
  })

  it.each([
    ['a fraction', { ...GOOD['delta'], sequence: 1.5 }],
    ['an integer that a number does not hold', { ...GOOD['delta'], sequence: 2 ** 53 }],
    ['a number as text', { ...GOOD['delta'], sequence: '6' }],
    ['a negative quantity', deltaOf({ previous: 5, sequence: 6, bids: [[9, -1, 1]] })],
    ['a price of zero', deltaOf({ previous: 5, sequence: 6, bids: [[0, 1, 1]] })],
    ['an empty level in a snapshot', snapshotOf({ sequence: 5, bids: [[9, 0, 0]] })],
    [
      'bids out of order',
      snapshotOf({
        sequence: 5,
        bids: [
          [8, 1, 1],
          [9, 1, 1],
        ],
      }),
    ],
    [
      'asks twice',
      snapshotOf({
        sequence: 5,
        asks: [
          [8, 1, 1],
          [8, 1, 1],
        ],
      }),
    ],
    ['a tick size of zero', { ...GOOD['snapshot'], tick_size: '0.00' }],
    ['an unknown side', tradesOf([[7, 9, 1, 'hold', 1]])],
    ['no message', 7],
    ['no type', { symbol: 'ACME' }],
  ])('refuses %s, and goes on with the next message', (_, broken) => {
    const { messages, malformed } = decodeFrame(JSON.stringify([broken, GOOD['pong']]))
    expect(malformed).toHaveLength(1)
    expect(messages).toEqual([{ type: 'pong', id: 7 }])
  })

  it('skips what it does not know', () => {
    expect(decodeFrame('[{"type":"halt","symbol":"ACME"}]')).toEqual({
      messages: [],
      malformed: [],
    })
  })

  it('says whose a broken message was', () => {
    expect(decodeFrame('[{"type":"delta","symbol":"ACME"}]').malformed).toMatchObject([
      { symbol: 'ACME' },
    ])
    expect(decodeFrame('{').malformed).toMatchObject([{ symbol: null }])
  })

  it('never throws and never passes a number that is not exact, whatever one field becomes', () => {
    const exact = (value: unknown): boolean =>
      typeof value === 'object' && value !== null
        ? Object.values(value).every(exact)
        : typeof value !== 'number' || Number.isSafeInteger(value)
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(GOOD)),
        fc.nat(),
        fc.jsonValue(),
        (good, at, value) => {
          const fields = Object.keys(good)
          const spoiled = { ...good, [fields[at % fields.length] ?? '']: value }
          const { messages, malformed } = decodeFrame(JSON.stringify([spoiled]))
          expect(messages.length + malformed.length).toBeLessThanOrEqual(1)
          expect(exact(messages)).toBe(true)
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
