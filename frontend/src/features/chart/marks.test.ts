import { describe, expect, it } from 'vitest'
import { type ChartFill, marksOf } from './marks'

const fill = (id: string, side: 'buy' | 'sell', lots: number, timeS: number): ChartFill => ({
  id,
  side,
  ticks: 100,
  lots,
  timeS,
})

describe('marks of fills', () => {
  it('AC-MKT-3 add up to one a side and candle, oldest first', () => {
    const fills = [
      fill('c', 'buy', 7, 125),
      fill('a', 'buy', 5, 61),
      fill('b', 'buy', 13, 119),
      fill('d', 'sell', 2, 62),
    ]
    expect(marksOf(fills, 60).map(({ startS, side, lots }) => [startS, side, lots])).toEqual([
      [60, 'buy', 18],
      [60, 'sell', 2],
      [120, 'buy', 7],
    ])
  })
})
