import { describe, expect, it } from 'vitest'
import { seriesOf } from './series'

describe('AC-ACC-3 a line of equity', () => {
  it('goes from the lowest at the bottom to the highest at the top', () => {
    expect(seriesOf([100, 50, 150])).toEqual({
      points: '0,50 50,100 100,0',
      first: 100,
      last: 150,
      lowest: 50,
      highest: 150,
    })
  })

  it('stands in the middle while nothing changes, and needs two values', () => {
    expect(seriesOf([7, 7])?.points).toBe('0,50 100,50')
    expect([seriesOf([7]), seriesOf([])]).toEqual([null, null])
  })
})
