import { describe, expect, it } from 'vitest'
import { moveTo } from './moving'
import type { Order } from './order'
import { anOrder } from './testing'

const ACME = { symbol: 'ACME', tickSize: '0.01', lotSize: '1' }
const level = (ticks: number) => ({ ticks, lots: 1, orders: 1 })
const MARKET = {
  book: { sequence: 1, timeUs: 1, bids: [level(10_120)], asks: [level(10_130)] },
  lastTicks: 10_125,
}
const to = (parts: Partial<Order>, which: 'limit' | 'stop', ticks: number) =>
  moveTo(ACME, anOrder(parts), which, ticks, MARKET)
const STOP = { type: 'stop', side: 'sell', limitPrice: null, stopPrice: '99' } as const

describe('AC-BLT-10 an order that is moved', () => {
  it('is asked for its new price and nothing else', () => {
    expect(to({ limitPrice: '101' }, 'limit', 10_110)).toEqual({
      kind: 'change',
      change: { limitPrice: '101.10' },
    })
    expect(to(STOP, 'stop', 9_850)).toEqual({ kind: 'change', change: { stopPrice: '98.50' } })
  })

  it('keeps the distance of its limit from its stop', () => {
    const order = { ...STOP, type: 'stop_limit', limitPrice: '98.90' } as const
    expect(to(order, 'stop', 9_950)).toEqual({
      kind: 'change',
      change: { stopPrice: '99.50', limitPrice: '99.40' },
    })
  })

  it('does nothing where it was', () => {
    expect(to({ limitPrice: '101' }, 'limit', 10_100)).toEqual({ kind: 'nothing' })
  })

  it.each([
    ['a buy onto the offer', { limitPrice: '101' }, 'limit', 10_130],
    ['a sell onto the bid', { side: 'sell', limitPrice: '102' }, 'limit', 10_120],
    ['the stop of a sell onto the last price', STOP, 'stop', 10_125],
    ['the stop of a buy below it', { ...STOP, side: 'buy', stopPrice: '105' }, 'stop', 10_125],
  ] as const)('goes nowhere where it would act at once: %s', (_, order, which, ticks) => {
    expect(to(order, which, ticks)).toMatchObject({ kind: 'refused' })
  })

  it('stays while something else is under way with it', () => {
    expect(to({ status: 'pending_cancel' }, 'limit', 10_110)).toMatchObject({ kind: 'refused' })
    const trailing = { type: 'trailing_stop', limitPrice: null, stopPrice: '99' } as const
    expect(to(trailing, 'stop', 9_850)).toMatchObject({ kind: 'refused' })
  })
})
