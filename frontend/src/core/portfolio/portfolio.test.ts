import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Decimal } from '../numbers/decimal'
import { affordableLots, collarTicks, holdOf, type TradingRules } from './hold'
import { averagePrice, equityOf, valueOf } from './profit'

const ACME = { symbol: 'ACME', tickSize: '0.01', lotSize: '1' }
const COIN = { symbol: 'COIN', tickSize: '0.05', lotSize: '0.0001' }
const FEES: TradingRules = {
  takerFeeRate: Decimal.parse('0.0025'),
  marketCollar: Decimal.parse('0.10'),
}
const amount = (text: string) => Decimal.parse(text)

describe('what an order holds', () => {
  it('is its quantity at its price, with the fee, rounded up to a cash step', () => {
    expect(holdOf(ACME, 10_125, 100).trimmed().toString()).toBe('10125')
    expect(holdOf(ACME, 10_125, 100, FEES).trimmed().toString()).toBe('10150.3125')
    expect(holdOf(COIN, 1, 1, FEES).toString()).toBe('0.00000502')
  })

  it('is bounded by the collar for a market order, which stays on the grid', () => {
    expect(collarTicks('buy', 9_665)).toBe(10_631)
    expect(collarTicks('sell', 9_665)).toBe(8_699)
    expect([collarTicks('buy', 1), collarTicks('sell', 1)]).toEqual([1, 1])
  })

  it('never exceeds the cash that its quantity was chosen for, and one lot more would', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(ACME, COIN),
        fc.integer({ min: 1, max: 10 ** 7 }),
        fc.bigInt({ min: 1n, max: 10n ** 13n }),
        (instrument, ticks, cents) => {
          const cash = Decimal.of(cents, 4)
          const lots = affordableLots(instrument, ticks, cash, FEES)
          if (lots > 0) expect(holdOf(instrument, ticks, lots, FEES).compare(cash)).not.toBe(1)
          expect(holdOf(instrument, ticks, lots + 1, FEES).compare(cash)).toBe(1)
        },
      ),
    )
  })
})

describe('what a position is worth', () => {
  it('is profit of quantity x (last - average), exactly', () => {
    const holding = { quantity: amount('200'), cost: amount('20020') }
    const { value, profit } = valueOf(holding, amount('101.25'))
    expect([value.trimmed().toString(), profit.trimmed().toString()]).toEqual(['20250', '230'])
    expect(averagePrice(holding, 4)?.toString()).toBe('100.1000')
    expect(averagePrice({ quantity: Decimal.ZERO, cost: Decimal.ZERO }, 4)).toBeNull()
  })

  it('counts into equity, which is not known while one price is not', () => {
    const priced = { quantity: amount('2'), cost: amount('10'), last: amount('7') }
    const unpriced = { quantity: amount('3'), cost: amount('9'), last: null }
    const equity = (...holdings: (typeof priced | typeof unpriced)[]) =>
      equityOf(amount('100'), holdings, ({ last }) => last)?.toString()
    expect(equity(priced)).toBe('114')
    expect(equity(priced, unpriced)).toBeUndefined()
  })
})
