import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BookView } from '@/core/market/state'
import { cost } from '@/core/numbers/instrument'
import { expectedOf } from './preview'

const ACME = { symbol: 'ACME', tickSize: '0.01', lotSize: '1' }
const level = (ticks: number, lots: number) => ({ ticks, lots, orders: 1 })
const BOOK: BookView = {
  sequence: 1,
  timeUs: 1,
  bids: [level(9_999, 5), level(9_990, 10)],
  asks: [level(10_001, 5), level(10_003, 10), level(12_000, 50)],
}
const expected = (side: 'buy' | 'sell', lots: number, worst: number) => {
  const { value, lots: filled } = expectedOf(ACME, side, lots, worst, BOOK)
  return [value.toString(), filled]
}

describe('AC-TKT-5 what a market order would cost now', () => {
  it('is the sum over the levels that it takes', () => {
    expect(expected('buy', 5, 11_000)).toEqual(['500.05', 5])
    expect(expected('buy', 8, 11_000)).toEqual(['800.14', 8])
    expect(expected('sell', 7, 9_000)).toEqual(['699.75', 7])
  })

  it('stops at the bound, and says how much that fills', () => {
    expect(expected('buy', 100, 11_000)).toEqual(['1500.35', 15])
    expect(expected('sell', 100, 9_995)).toEqual(['499.95', 5])
    expect(expected('buy', 3, 10_000)).toEqual(['0', 0])
  })

  it('is never more than the bound allows', () => {
    const lots = fc.integer({ min: 1, max: 100 })
    fc.assert(
      fc.property(lots, fc.integer({ min: 9_000, max: 13_000 }), (asked, worst) => {
        const { value, lots: filled } = expectedOf(ACME, 'buy', asked, worst, BOOK)
        expect(value.compare(cost(ACME, worst, filled))).toBeLessThanOrEqual(0)
      }),
    )
  })
})
