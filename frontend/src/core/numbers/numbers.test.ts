import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Decimal } from './decimal'
import {
  cost,
  formatPrice,
  formatQuantity,
  type Increments,
  LARGEST_COUNT,
  parsePrice,
  parseQuantity,
  priceText,
  lotsWithin,
} from './instrument'
import { formatMoney, formatPercent, signed } from './money'
import { movedPart } from './moved'

const ACME: Increments = { symbol: 'ACME', tickSize: '0.01', lotSize: '1' }
const increments = fc
  .tuple(fc.integer({ min: 1, max: 999 }), fc.integer({ min: 0, max: 9 }))
  .map(([units, scale]) => Decimal.of(units, scale).toString())
const instruments = fc.record({
  symbol: fc.constant('X'),
  tickSize: increments,
  lotSize: increments,
})
const counts = fc.integer({ min: 1, max: LARGEST_COUNT })
const decimals = fc
  .tuple(fc.bigInt(-(10n ** 30n), 10n ** 30n), fc.integer({ min: 0, max: 18 }))
  .map(([units, scale]) => Decimal.of(units, scale))

describe('prices and quantities', () => {
  it('parse what they format, for every instrument and count', () => {
    fc.assert(
      fc.property(instruments, counts, (instrument, count) => {
        const price = parsePrice(instrument, formatPrice(instrument, count))
        const quantity = parseQuantity(instrument, formatQuantity(instrument, count))
        expect(price).toEqual({ ok: true, value: count })
        expect(quantity).toEqual({ ok: true, value: count })
      }),
    )
  })

  it('are the exact product of count and increment', () => {
    fc.assert(
      fc.property(instruments, counts, (instrument, count) => {
        const [whole = '', fraction = ''] = instrument.tickSize.split('.')
        const exact = BigInt(count) * BigInt(whole + fraction)
        const shown = Decimal.parse(priceText(instrument, count)).round(fraction.length)
        expect(shown.units).toBe(exact)
      }),
    )
  })

  it.each([
    [10125, '101.25'],
    [5, '0.05'],
    [123456789, '1,234,567.89'],
    [100000, '1,000.00'],
    [0, '0.00'],
  ])('%i ticks of 0.01 are %s', (ticks, text) => {
    expect(formatPrice(ACME, ticks)).toBe(text)
  })

  it('quantities carry no zeros at their end', () => {
    const coin = { symbol: 'BTCUSD', tickSize: '1', lotSize: '0.0001' }
    expect(formatQuantity(coin, 12_500)).toBe('1.25')
    expect(formatQuantity(coin, 20_000)).toBe('2')
    expect(formatQuantity(ACME, 1200)).toBe('1,200')
  })

  it.each([
    ['', 'enter a price'],
    ['abc', 'price must be a number'],
    ['1e5', 'price must be a number'],
    ['1,2.3', 'price must be a number'],
    ['0', 'price must be above 0'],
    ['-1', 'price must be above 0'],
    ['101.255', 'price must be a multiple of the tick size 0.01'],
    ['99999999999999999999', 'price is too large'],
  ])('the price %j is refused: %s', (text, problem) => {
    expect(parsePrice(ACME, text)).toEqual({ ok: false, problem })
  })

  it.each([' 101.25 ', '101.2500', '+101.25'])('the price %j is read', (text) => {
    expect(parsePrice(ACME, text)).toEqual({ ok: true, value: 10125 })
  })

  it('refuse integers that a number does not hold exactly', () => {
    expect(() => formatPrice(ACME, 2 ** 53)).toThrow(RangeError)
    expect(() => formatPrice(ACME, 1.5)).toThrow(RangeError)
  })

  it('cost is exact where floats are not', () => {
    const instrument = { symbol: 'X', tickSize: '0.1', lotSize: '0.2' }
    expect(cost(instrument, 3, 1).toString()).toBe('0.06')
    expect(cost(ACME, LARGEST_COUNT, LARGEST_COUNT).toString()).toBe(`1${'0'.repeat(28)}.00`)
  })
})

describe('Decimal', () => {
  it('adds, subtracts and multiplies like integers do', () => {
    fc.assert(
      fc.property(decimals, decimals, (a, b) => {
        const scale = Math.max(a.scale, b.scale)
        const at = (value: Decimal) => value.units * 10n ** BigInt(scale - value.scale)
        expect(a.plus(b).round(scale).units).toBe(at(a) + at(b))
        expect(a.minus(b).round(scale).units).toBe(at(a) - at(b))
        expect(a.times(b).units).toBe(a.units * b.units)
        expect(Math.sign(a.compare(b))).toBe(at(a) < at(b) ? -1 : at(a) > at(b) ? 1 : 0)
      }),
    )
  })

  it('reads what it writes', () => {
    fc.assert(
      fc.property(decimals, (value) => {
        expect(Decimal.parse(value.toString())).toEqual(value)
        expect(value.trimmed().equals(value)).toBe(true)
      }),
    )
  })

  it('rounds to within one step, in the direction asked for', () => {
    const roundings = fc.constantFrom('down' as const, 'up' as const, 'half-up' as const)
    fc.assert(
      fc.property(
        decimals,
        fc.integer({ min: 0, max: 18 }),
        roundings,
        (value, places, rounding) => {
          const rounded = value.round(places, rounding)
          const off = rounded.minus(value)
          const step = Decimal.of(1, places)
          const size = off.sign < 0 ? off.negated() : off
          expect(size.compare(step)).toBeLessThan(0)
          if (rounding === 'down') expect(off.sign * value.sign).toBeLessThanOrEqual(0)
          if (rounding === 'up') expect(off.sign * value.sign).toBeGreaterThanOrEqual(0)
          if (rounding === 'half-up') expect(size.times(Decimal.of(2)).compare(step)).not.toBe(1)
        },
      ),
    )
  })

  it('divides with a remainder smaller than a step', () => {
    fc.assert(
      fc.property(decimals, decimals, fc.integer({ min: 0, max: 12 }), (a, b, places) => {
        fc.pre(b.sign !== 0)
        const quotient = a.dividedBy(b, places, 'down')
        const rest = a.minus(quotient.times(b))
        const step = b.times(Decimal.of(1, places))
        const size = (value: Decimal) => (value.sign < 0 ? value.negated() : value)
        expect(size(rest).compare(size(step))).toBeLessThan(0)
      }),
    )
    expect(() => Decimal.of(1).dividedBy(Decimal.ZERO, 2)).toThrow(RangeError)
  })

  it.each(['', '.', '1.2.3', 'NaN', '1e3', ' 1', '0x1'])('refuses %j', (text) => {
    expect(() => Decimal.parse(text)).toThrow(RangeError)
  })
})

describe('money', () => {
  it.each([
    ['10125', '10,125.00'],
    ['-1234567.891', '−1,234,567.89'],
    ['0.005', '0.01'],
    ['-0.004', '0.00'],
    ['999999', '999,999.00'],
  ])('%s is shown as %s', (text, shown) => {
    expect(formatMoney(text)).toBe(shown)
  })

  it('says gains with a sign', () => {
    expect(formatMoney('230', { sign: 'always' })).toBe('+230.00')
    expect(formatMoney('0', { sign: 'always' })).toBe('0.00')
    expect(formatPercent(Decimal.parse('0.42'), Decimal.parse('100'))).toBe('+0.42 %')
    expect(formatPercent(Decimal.parse('-0.42'), Decimal.parse('100'))).toBe('−0.42 %')
    expect(signed(Decimal.parse('-1200.5'))).toBe('−1,200.5')
    expect(signed(Decimal.parse('7'), 'auto')).toBe('7')
    expect(formatPercent(Decimal.parse('1'), Decimal.ZERO)).toBeNull()
  })
})

describe('movedPart', () => {
  it('splits where the texts begin to differ', () => {
    expect(movedPart('101.19', '101.25')).toEqual({ still: '101.', moved: '25' })
    expect(movedPart('101.25', '101.25')).toEqual({ still: '101.25', moved: '' })
    expect(movedPart('99.99', '100.00')).toEqual({ still: '', moved: '100.00' })
    expect(movedPart(null, '1')).toEqual({ still: '', moved: '1' })
  })
})

it('counts whole lots within a quantity', () => {
  const lots = (quantity: string, lotSize: string) =>
    lotsWithin({ symbol: 'A', tickSize: '0.01', lotSize }, Decimal.parse(quantity))
  expect([lots('150.5', '10'), lots('0.34', '0.1'), lots('9', '10'), lots('-5', '1')]).toEqual([
    15, 3, 0, 0,
  ])
})
