import { expect, it } from 'vitest'
import type { Trade } from './state'
import { printKey, printsAfter, tapeRows } from './tape'

const trade = (id: number, ticks: number): Trade => ({
  id,
  ticks,
  lots: 3,
  takerSide: 'buy',
  timeUs: id,
})
const TRADES = [trade(1, 100), trade(2, 101), trade(3, 101), trade(4, 99)]

it('shows the newest first, with the way the price went', () => {
  expect(tapeRows(TRADES, 10).map(({ id, direction }) => [id, direction])).toEqual([
    [4, 'down'],
    [3, 'same'],
    [2, 'up'],
    [1, 'same'],
  ])
})

it('compares the last row that it shows with the print before it', () => {
  expect(tapeRows(TRADES, 3).at(-1)).toMatchObject({ id: 2, direction: 'up' })
})

it('marks own prints', () => {
  const own = new Set([printKey(2, 101, 3)])
  expect(
    tapeRows(TRADES, 10, own)
      .filter((row) => row.own)
      .map(({ id }) => id),
  ).toEqual([2])
})

it('counts what came since', () => {
  expect([printsAfter(TRADES, 4), printsAfter(TRADES, 2), printsAfter(TRADES, 0)]).toEqual([
    0, 2, 4,
  ])
})
