import { act, fireEvent, screen } from '@testing-library/react'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { deltaOf, snapshotOf, tradesOf } from '@/core/market/manual'
import { renderWithMarket } from '@/shared/market/testing'
import { Ladder } from './Ladder'
import type { LadderProps } from './types'

const BOOK = {
  sequence: 10,
  bids: [
    [10_000, 400, 2],
    [9_999, 210, 1],
  ],
  asks: [
    [10_002, 90, 1],
    [10_003, 300, 3],
  ],
} as const

beforeEach(() => {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      disconnect() {}
    },
  )
})

function ladder(props: LadderProps = {}) {
  const scene = renderWithMarket(<Ladder {...props} />)
  scene.begin()
  scene.show(tradesOf([[1, 10_002, 5, 'buy', 1]], true), snapshotOf(BOOK))
  return scene
}

// By element: queries by role are slow in grids of this size.
const rows = () => [...document.querySelectorAll<HTMLElement>('[data-row]')]
const part = (row: HTMLElement, side: string) => {
  const cell = row.querySelector<HTMLElement>(`[data-side=${side}]`)
  if (cell === null) throw new Error(`a row without ${side}`)
  return cell
}
const priceOf = (row: HTMLElement) => part(row, 'price').textContent.replace(' last trade', '')
const prices = () => rows().map(priceOf)
const rowOf = (price: string) => {
  const row = rows().find((row) => priceOf(row) === price)
  if (row === undefined) throw new Error(`no row for ${price}`)
  return { row, bid: part(row, 'bid'), price: part(row, 'price'), ask: part(row, 'ask') }
}
const grid = () => screen.getByLabelText('Order book of ACME by price')
const press = (...keys: string[]) => {
  for (const key of keys) fireEvent.keyDown(grid(), { key })
}
const passSecond = () =>
  act(() => {
    vi.advanceTimersByTime(1_000)
  })
/** A trade far away, and a book around it. */
const farAway = () => snapshotOf({ sequence: 20, bids: [[12_000, 1, 1]], asks: [[12_002, 1, 1]] })

describe('the ladder', () => {
  it('shows each level in the row of its price, the last price and the spread', () => {
    ladder()
    expect(rowOf('100.00').bid).toHaveTextContent('400')
    expect(rowOf('100.03').ask).toHaveTextContent('300')
    expect(rowOf('100.01').bid).toHaveTextContent('')
    expect(rowOf('100.02').row).toHaveTextContent('last trade')
    expect(screen.getByText('Spread 0.02')).toBeInTheDocument()
  })

  it('never keeps a dead level', () => {
    const { show } = ladder()
    show(deltaOf({ previous: 10, sequence: 11, bids: [[10_000, 0, 0]], asks: [[10_002, 0, 0]] }))
    expect(rowOf('100.00').bid).toHaveTextContent('')
    expect(rowOf('100.02').ask).toHaveTextContent('')
  })

  it('picks buy from the ask side and sell from the bid side', () => {
    const onPick = vi.fn()
    ladder({ onPick })
    fireEvent.click(rowOf('100.03').ask)
    fireEvent.click(rowOf('99.99').bid)
    fireEvent.click(rowOf('100.02').price)
    expect(onPick.mock.calls).toEqual([
      [{ ticks: 10_003, side: 'buy' }],
      [{ ticks: 9_999, side: 'sell' }],
      [{ ticks: 10_002, side: 'buy' }],
    ])
  })

  it('marks own orders in their row', () => {
    ladder({ ownQuantities: new Map([[10_000, { buy: 50, sell: 0 }]]) })
    expect(rowOf('100.00').bid).toHaveTextContent('yours 50')
  })

  it('can be used by keyboard alone', () => {
    const onPick = vi.fn()
    ladder({ onPick })
    act(() => grid().focus())
    press('Home', 'ArrowUp', 'ArrowRight', 'Enter', 'ArrowDown', 'ArrowDown', 'ArrowLeft', 'Enter')
    expect(onPick.mock.calls).toEqual([
      [{ ticks: 10_002, side: 'buy' }],
      [{ ticks: 10_000, side: 'sell' }],
    ])
    const current = grid().getAttribute('aria-activedescendant')
    expect(document.getElementById(current ?? '')).toBe(rowOf('100.00').bid)
  })

  it('scrolls when the cursor leaves it', () => {
    ladder()
    act(() => grid().focus())
    const [highest] = prices()
    for (let row = 0; row < 12; row += 1) press('ArrowUp')
    expect(prices()[0]).not.toBe(highest)
  })
})

describe('AC-BLT-10 own orders', () => {
  const own = new Map([
    [9_999, { buy: 50, sell: 0 }],
    [10_003, { buy: 0, sell: 5 }],
  ])
  const moving = (props: LadderProps = {}) => {
    const onMove = vi.fn()
    const onPick = vi.fn()
    const scene = ladder({ ownQuantities: own, onMove, onPick, ...props })
    act(() => grid().focus())
    press('Home')
    return { onMove, onPick, ...scene }
  }
  const mark = (price: string, side: 'bid' | 'ask') =>
    rowOf(price)[side].querySelector('[data-own]') as HTMLElement
  /** The page has no layout here: what is under the pointer is said. */
  const over = (element: Element) => {
    document.elementFromPoint = () => element
    fireEvent.pointerMove(document)
  }

  beforeEach(() => {
    Element.prototype.hasPointerCapture = () => false
  })

  it('are dragged to another row', () => {
    const { onMove } = moving()
    fireEvent.pointerDown(mark('99.99', 'bid'), { button: 0 })
    over(rowOf('99.97').price)
    expect(rowOf('99.97').bid.className).toContain('drop')
    fireEvent.pointerUp(document)
    expect(onMove.mock.calls).toEqual([[{ side: 'buy', from: [9_999], to: 9_997 }]])
    expect(rowOf('99.97').bid.className).not.toContain('drop')
  })

  it('stay when they are dropped where they were, outside of the rows, or after Escape', () => {
    const { onMove } = moving()
    const take = () => fireEvent.pointerDown(mark('100.03', 'ask'), { button: 0 })
    take()
    over(rowOf('100.03').ask)
    fireEvent.pointerUp(document)
    take()
    over(document.body)
    fireEvent.pointerUp(document)
    take()
    over(rowOf('100.05').ask)
    fireEvent.keyDown(document, { key: 'Escape' })
    fireEvent.pointerUp(document)
    expect(onMove).not.toHaveBeenCalled()
  })

  it('are moved by keyboard alone, which says so', () => {
    const { onMove, onPick } = moving()
    // From the middle, 100.01, to the own order at 99.99.
    press('ArrowLeft')
    while (
      document.getElementById(grid().getAttribute('aria-activedescendant') ?? '') !==
      rowOf('99.99').bid
    ) {
      press('ArrowDown')
    }
    press('m')
    expect(screen.getByText(/buying at 99\.99 are held/)).toBeInTheDocument()
    press('ArrowDown', 'ArrowDown', 'Enter')
    expect(onMove.mock.calls).toEqual([[{ side: 'buy', from: [9_999], to: 9_997 }]])
    expect(onPick).not.toHaveBeenCalled()
    expect(screen.queryByText(/are held/)).toBeNull()
  })

  it('are not taken hold of in an old book, nor where there are none', () => {
    const { onMove, tell } = moving()
    press('ArrowUp', 'ArrowUp', 'ArrowUp', 'm')
    expect(screen.queryByText(/are held/)).toBeNull()
    tell(deltaOf({ previous: 41, sequence: 42 }))
    fireEvent.pointerDown(mark('99.99', 'bid'), { button: 0 })
    over(rowOf('99.97').bid)
    fireEvent.pointerUp(document)
    expect(onMove).not.toHaveBeenCalled()
  })
})

describe('rows under the pointer', () => {
  it('keep their prices while the market runs away, and the quantities go on', () => {
    const { show } = ladder()
    const before = prices()
    fireEvent.pointerEnter(grid())
    show(farAway())
    expect(prices()).toEqual(before)
    expect(rowOf('100.00').bid).toHaveTextContent('')
  })

  it('follow again when the pointer leaves', () => {
    const { show } = ladder()
    fireEvent.pointerEnter(grid())
    show(farAway())
    fireEvent.pointerLeave(grid())
    expect(rowOf('120.00').bid).toHaveTextContent('1')
  })

  it('offer a way back to the market that left them', () => {
    const { show } = ladder()
    act(() => grid().focus())
    press('Home')
    show(farAway())
    expect(() => rowOf('120.00')).toThrow()
    fireEvent.click(screen.getByText(/^Centre/))
    expect(rowOf('120.00').bid).toHaveTextContent('1')
  })

  it('are the same elements for as long as they are shown', () => {
    const { show } = ladder()
    const before = rows()
    show(farAway())
    expect(prices()).toContain('120.00')
    rows().forEach((row, index) => expect(row).toBe(before[index]))
  })
})

describe('an old book', () => {
  it('blocks picking at once and says why', () => {
    const onPick = vi.fn()
    const { tell } = ladder({ onPick })
    tell(deltaOf({ previous: 41, sequence: 42 }))
    expect(
      screen.getByText('The order book is out of date; fetching it again.'),
    ).toBeInTheDocument()
    fireEvent.click(rowOf('100.03').ask)
    expect(onPick).not.toHaveBeenCalled()
    expect(document.querySelector('table')).toHaveAttribute('aria-busy', 'true')
  })

  it('is said to be old, not loading, while a new connection has told nothing yet', () => {
    const { client } = ladder()
    act(() => {
      client.server.drop()
      client.time.advance(10_000)
      client.server.accept()
    })
    expect(screen.getByText('Out of date')).toBeInTheDocument()
  })

  it('is usable again with the snapshot', () => {
    const onPick = vi.fn()
    const { tell, show } = ladder({ onPick })
    tell(deltaOf({ previous: 41, sequence: 42 }))
    show(snapshotOf({ ...BOOK, sequence: 42 }))
    fireEvent.click(rowOf('100.03').ask)
    expect(onPick).toHaveBeenCalledOnce()
  })
})

describe('grouping', () => {
  it('puts several ticks into a row and stays as it was chosen', () => {
    const { show } = ladder()
    fireEvent.click(screen.getByLabelText('Coarser rows'))
    fireEvent.click(screen.getByLabelText('Coarser rows'))
    expect(rowOf('100.05').ask).toHaveTextContent('390')
    expect(rowOf('100.00').bid).toHaveTextContent('400')
    show(farAway())
    expect(screen.getByLabelText('One row')).toHaveTextContent('0.05')
  })
})

describe('a spread wider than the rows', () => {
  it('is said, and rows that show both sides are one press away', () => {
    const { show } = ladder()
    show(snapshotOf({ sequence: 20, bids: [[9_000, 7, 1]], asks: [[11_000, 8, 1]] }))
    fireEvent.click(screen.getByText('Show both sides'))
    expect(rowOf('90.00').bid).toHaveTextContent('7')
    expect(rowOf('110.00').ask).toHaveTextContent('8')
  })
})

describe('without a book', () => {
  it('asks for a symbol, waits for the book, tells a refusal, says what to do in an empty market', () => {
    const { begin, show } = renderWithMarket(<Ladder />)
    expect(screen.getByText(/Choose a symbol/)).toBeInTheDocument()
    begin()
    expect(screen.getByLabelText('Loading')).toBeInTheDocument()
    show({ type: 'error', code: 'unknown_symbol', message: 'ACME is not listed' })
    expect(screen.getByRole('alert')).toHaveTextContent('ACME is not listed')
    show(snapshotOf({ sequence: 1 }))
    expect(screen.getByText(/A limit order makes the first price/)).toBeInTheDocument()
  })
})

describe('for people who hear it', () => {
  it('is a table that changes once a second and does not speak by itself', () => {
    vi.useFakeTimers()
    const { show } = ladder()
    passSecond()
    const table = screen.getByLabelText('Best levels of ACME')
    expect(table.querySelector('tbody tr')).toHaveTextContent('400100.00100.0290')
    show(deltaOf({ previous: 10, sequence: 11, bids: [[10_000, 7, 1]] }))
    expect(table.querySelector('tbody tr')).toHaveTextContent('400100.00100.0290')
    passSecond()
    expect(table.querySelector('tbody tr')).toHaveTextContent('7100.00100.0290')
    expect(table.closest('[aria-live]')).toBeNull()
    vi.useRealTimers()
  })

  it('says the market in a sentence when asked', () => {
    vi.useFakeTimers()
    ladder()
    passSecond()
    fireEvent.click(screen.getByText('Say the market'))
    expect(
      screen.getByText('ACME: bid 100.00 for 400, ask 100.02 for 90, spread 0.02, last 100.02.'),
    ).toHaveAttribute('role', 'status')
    vi.useRealTimers()
  })
})
