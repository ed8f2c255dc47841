import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Bar, Trade } from '@/core/market/state'
import { type Candle, continued, fromTrades, mergedTrades, rollUp } from './candles'

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

  it('take a trade that was both read and heard once', () => {
    const all = [trade(1, 0, 10), trade(2, 1, 11), trade(3, 2, 12)]
    expect(mergedTrades(all.slice(0, 2), all.slice(1))).toEqual(all)
    expect(mergedTrades(all, [])).toEqual(all)
  })
})
