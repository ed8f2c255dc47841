import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bar, type Trade, TRADES_KEPT } from '@/core/market/state'
import { type Candle, continued, extended, fromTrades, type Log, rollUp } from './candles'

const START = 1_790_000_040
const trade = (id: number, second: number, ticks: number, lots = 1): Trade => ({
  id,
  ticks,
  lots,
  takerSide: 'buy',
  timeUs: (START + second) * 1_000_000,
})

const history = fc
  .array(
    fc.record({
      wait: fc.integer({ min: 0, max: 90 }),
      ticks: fc.integer({ min: 1, max: 1000 }),
      lots: fc.integer({ min: 1, max: 100 }),
    }),
    { minLength: 1, maxLength: 80 },
  )
  .map((steps) => {
    let second = 0
    return steps.map(({ wait, ticks, lots }, id) => {
      second += wait
      return trade(id, second, ticks, lots)
    })
  })

describe('candles', () => {
  it('made from minutes equal those made from the trades themselves', () => {
    fc.assert(
      fc.property(history, fc.constantFrom(60, 300, 3600, 86400), (trades, seconds) => {
        expect(rollUp(fromTrades(trades, 60), seconds)).toEqual(fromTrades(trades, seconds))
      }),
    )
  })

  it('go on from history without counting a trade twice, wherever the stream began', () => {
    fc.assert(
      fc.property(history, fc.nat(), fc.constantFrom(60, 300, 3600), (trades, cut, seconds) => {
        const readTo = cut % trades.length
        const read = trades.slice(0, readTo + 1)
        const now = Math.floor((read.at(-1)?.timeUs ?? 0) / 1_000_000)
        const forming = now - (now % seconds)
        const minutes = fromTrades(read, 60).filter((minute) => minute.startS >= forming)
        // The stream tells whole minutes, from the one in which it was subscribed.
        const heard: Bar[] = fromTrades(trades, 60)
          .filter((minute) => minute.startS >= now - (now % 60))
          .map((minute) => ({ ...minute, trades: 1 }))
        const past: Candle[] = fromTrades(read, seconds)
        expect(continued(past, minutes, heard, seconds)).toEqual(fromTrades(trades, seconds))
      }),
    )
  })

  it('of single trades lack none, however many come between two looks, or say so', () => {
    const all = Array.from({ length: 2_000 }, (_, at) => trade(at * 3 + 1, at, 10))
    const looks = fc.array(fc.integer({ min: 0, max: 900 }), { maxLength: 6 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), looks, (read, steps) => {
        let log: Log = { trades: all.slice(0, read), whole: true }
        let seen = read
        // At a full window of new ones nobody can tell whether it was just full or one came too many.
        let told = true
        for (const step of steps) {
          const next = Math.min(all.length, seen + step)
          told &&= next - seen < TRADES_KEPT
          seen = next
          log = extended(log, all.slice(Math.max(0, seen - TRADES_KEPT), seen))
        }
        expect(log.whole).toBe(told)
        if (log.whole) expect(log.trades).toHaveLength(seen)
        expect(log.trades.at(-1)).toBe(all[seen - 1])
      }),
    )
  })
})
