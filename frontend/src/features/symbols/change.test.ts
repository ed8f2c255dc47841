import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changeOf, shortened } from './change'

describe('the change of the day', () => {
  it('has a sign and two decimals', () => {
    expect(changeOf(10_142, 10_100)).toEqual({ direction: 'up', text: '+0.42 %' })
    expect(changeOf(9_900, 10_000)).toEqual({ direction: 'down', text: '−1.00 %' })
    expect(changeOf(10_000, 10_000)).toEqual({ direction: 'none', text: '0.00 %' })
  })

  it('is not known before the first trade of the day', () => {
    expect(changeOf(10, null)).toBeNull()
    expect(changeOf(null, 10)).toBeNull()
  })

  it('is exact to half of its last digit for any prices', () => {
    const ticks = fc.integer({ min: 1, max: 1_000_000 })
    fc.assert(
      fc.property(ticks, ticks, (last, open) => {
        const text = changeOf(last, open)?.text.replace('−', '-').replace(/[ ,%]/g, '') ?? ''
        expect(Math.abs(Number(text) - ((last - open) / open) * 100)).toBeLessThanOrEqual(0.00501)
      }),
    )
  })

  it('comes with a volume in few characters', () => {
    expect(shortened(1_234_567)).toBe('1.2M')
    expect(shortened(0)).toBe('0')
  })
})
