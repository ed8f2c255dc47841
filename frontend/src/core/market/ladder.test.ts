import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  fittingGroup,
  follow,
  GROUPS,
  isOffCentre,
  ladderView,
  resized,
  scrolled,
  sideAt,
  windowAround,
} from './ladder'
import type { BookView, Level } from './state'

const side = (...levels: readonly (readonly [ticks: number, lots: number])[]): Level[] =>
  levels.map(([ticks, lots]) => ({ ticks, lots, orders: 1 }))
const BOOK: BookView = {
  sequence: 1,
  timeUs: 1,
  bids: side([100, 5], [99, 3], [97, 2]),
  asks: side([102, 4], [103, 6], [107, 1]),
}
const EMPTY: BookView = { sequence: 1, timeUs: 1, bids: [], asks: [] }

const book: fc.Arbitrary<BookView> = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 500 }), { maxLength: 60 }),
    fc.integer({ min: 1, max: 500 }),
  )
  .map(([prices, middle]) => {
    const levels = prices
      .sort((a, b) => a - b)
      .map((ticks) => ({ ticks, lots: 1 + (ticks % 7), orders: 1 }))
    return {
      sequence: 1,
      timeUs: 1,
      bids: levels.filter(({ ticks }) => ticks < middle).reverse(),
      asks: levels.filter(({ ticks }) => ticks >= middle),
    }
  })
const total = (levels: readonly Level[]) => levels.reduce((sum, { lots }) => sum + lots, 0)

describe('ladderView', () => {
  it('puts each level in the row of its price, with what stands before it', () => {
    const { rows, spread, deepest } = ladderView(BOOK, windowAround(101, 11, 1), 102)
    expect(rows.map(({ ticks }) => ticks)).toEqual([
      106, 105, 104, 103, 102, 101, 100, 99, 98, 97, 96,
    ])
    expect(rows[3]?.ask).toEqual({ lots: 6, cumulative: 10, own: 0 })
    expect(rows[9]?.bid).toEqual({ lots: 2, cumulative: 10, own: 0 })
    expect(rows[5]).toEqual({ ticks: 101, bid: null, ask: null, last: false })
    expect(rows.filter(({ last }) => last).map(({ ticks }) => ticks)).toEqual([102])
    expect([spread, deepest]).toEqual([2, 6])
  })

  it('rounds bids down and asks up, so that a group promises no better price than there is', () => {
    const { rows } = ladderView(BOOK, windowAround(101, 5, 5), null)
    expect(rows.map(({ ticks, bid, ask }) => [ticks, bid?.lots, ask?.lots])).toEqual([
      [110, undefined, 1],
      [105, undefined, 10],
      [100, 5, undefined],
      [95, 5, undefined],
      [90, undefined, undefined],
    ])
  })

  it('loses no lot to grouping, whatever the book', () => {
    fc.assert(
      fc.property(book, fc.constantFrom(...GROUPS.slice(0, 7)), (any, group) => {
        const wide = { top: Math.ceil(600 / group) * group, rows: 601, group }
        const all = ladderView(any, wide, null).rows
        expect(all.reduce((sum, row) => sum + (row.ask?.lots ?? 0), 0)).toBe(total(any.asks))
        expect(all.reduce((sum, row) => sum + (row.bid?.lots ?? 0), 0)).toBe(total(any.bids))
        const cumulative = all.findLast((row) => row.bid !== null)?.bid?.cumulative ?? 0
        expect(cumulative).toBe(total(any.bids))
      }),
    )
  })

  it('marks own orders in their row, also where the book shows none', () => {
    const own = new Map([
      [100, { buy: 2, sell: 0 }],
      [104, { buy: 0, sell: 7 }],
    ])
    const { rows } = ladderView(BOOK, windowAround(101, 11, 1), null, own)
    expect(rows.find(({ ticks }) => ticks === 100)?.bid).toMatchObject({ lots: 5, own: 2 })
    expect(rows.find(({ ticks }) => ticks === 104)?.ask).toMatchObject({ lots: 0, own: 7 })
  })

  it('says where the market is', () => {
    const at = (top: number) => ladderView(BOOK, { top, rows: 10, group: 1 }, null).market
    expect([at(105), at(120), at(95)]).toEqual(['inside', 'above', 'below'])
    // The middle is shown, but an ask at 102 or a bid at 100 is not.
    expect([at(101), at(110)]).toEqual(['below', 'above'])
    const wide = { ...BOOK, asks: side([200, 1]) }
    expect(ladderView(wide, { top: 155, rows: 10, group: 1 }, null).market).toBe('wide')
    expect(ladderView(EMPTY, { top: 10, rows: 10, group: 1 }, null)).toMatchObject({
      market: 'empty',
      spread: null,
      deepest: 1,
    })
  })
})

describe('windows', () => {
  it('centre, and never show a price of zero or less', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom(...GROUPS.slice(0, 7)),
        (centre, rows, group) => {
          const window = windowAround(centre, rows, group)
          const bottom = window.top - (rows - 1) * group
          expect(bottom).toBeGreaterThanOrEqual(group)
          expect(window.top % group).toBe(0)
          if (window.top !== rows * group) {
            expect(Math.abs((window.top - centre) / group - rows / 2)).toBeLessThanOrEqual(1.5)
          }
        },
      ),
    )
  })

  it('keep their middle when the panel grows', () => {
    expect(resized({ top: 110, rows: 11, group: 1 }, 21)).toEqual({ top: 115, rows: 21, group: 1 })
  })

  it('know when the market drifts to their edge', () => {
    const window = windowAround(100, 20, 1)
    expect([100, 104, 108, 93].map((market) => isOffCentre(window, market))).toEqual([
      false,
      false,
      true,
      true,
    ])
  })

  it('choose a group that shows some levels of a sparse book', () => {
    const sparse: BookView = {
      ...EMPTY,
      bids: side([10_000, 1], [9_900, 1], [9_800, 1], [9_700, 1], [9_600, 1]),
    }
    expect(fittingGroup(BOOK, 20)).toBe(1)
    expect(fittingGroup(sparse, 20)).toBe(100)
    expect(fittingGroup(EMPTY, 20)).toBe(1)
  })

  it('choose a group that shows both sides of a wide spread, whatever the book', () => {
    fc.assert(
      fc.property(book, fc.integer({ min: 5, max: 60 }), (any, rows) => {
        fc.pre(any.bids.length > 0 && any.asks.length > 0)
        const group = fittingGroup(any, rows)
        const market = { bid: any.bids[0]?.ticks ?? 0, ask: any.asks[0]?.ticks ?? 0 }
        fc.pre(market.bid >= group)
        const window = follow(null, { market, rows, group, held: false })
        expect(window && ladderView(any, window, null).market).toBe('inside')
      }),
    )
  })
})

describe('follow', () => {
  const at = (price: number) => ({ bid: price, ask: price })
  const next = { market: at(100), rows: 20, group: 1, held: false }
  const window = windowAround(100, 20, 1)

  it('stays the same object while the market is in the middle half', () => {
    expect(follow(window, { ...next, market: at(103) })).toBe(window)
  })

  it('shows both best prices as soon as one of them is off, whenever they fit', () => {
    const wide = { bid: 92, ask: 111 }
    const followed = follow({ top: 110, rows: 20, group: 1 }, { ...next, market: wide })
    expect(followed).toEqual({ top: 111, rows: 20, group: 1 })
  })

  it('centres when the market drifts away, but never while it is held', () => {
    expect(follow(window, { ...next, market: at(130) })?.top).toBe(140)
    expect(follow(window, { ...next, market: at(130), held: true })).toBe(window)
  })

  it('holds whatever the market does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 500 })), (markets) => {
        const moved = markets.reduce<ReturnType<typeof follow>>(
          (held, market) => follow(held, { ...next, market: at(market), held: true }),
          window,
        )
        expect(moved).toBe(window)
      }),
    )
  })

  it('begins when there is a market, and again with another grouping', () => {
    expect(follow(null, { ...next, market: null })).toBeNull()
    expect(follow(window, { ...next, group: 5, held: true })).toEqual(windowAround(100, 20, 5))
  })

  it('settles near zero, where it cannot centre', () => {
    const low = follow(null, { ...next, market: at(1) })
    expect(follow(low, { ...next, market: at(1) })).toBe(low)
  })
})

it('scrolls by rows, and not below the first price', () => {
  expect(scrolled({ top: 50, rows: 10, group: 5 }, 2)).toEqual({ top: 60, rows: 10, group: 5 })
  const lowest = { top: 50, rows: 10, group: 5 }
  expect(scrolled(lowest, -1)).toBe(lowest)
})

it('takes a price with the side that meets the other', () => {
  expect([100, 90, 101, 102, 110].map((ticks) => sideAt(BOOK, ticks))).toEqual([
    'sell',
    'sell',
    'buy',
    'buy',
    'buy',
  ])
  expect(sideAt({ ...BOOK, asks: [] }, 101)).toBe('sell')
})
