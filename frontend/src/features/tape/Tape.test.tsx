import { fireEvent, screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { snapshotOf, tradesOf } from '@/core/market/manual'
import { printKey } from '@/core/market/tape'
import { renderWithMarket } from '@/shared/market/testing'
import { Tape } from './Tape'

type Print = [id: number, ticks: number, lots: number, side: string, timeUs: number]
const print = (id: number, ticks = 10_000 + id): Print => [id, ticks, 3, 'buy', id]

function tape(recent: Print[] = [print(1), print(2)], own?: ReadonlySet<string>) {
  const scene = renderWithMarket(<Tape ownPrints={own} />)
  scene.begin()
  scene.show(tradesOf(recent, true), snapshotOf({ sequence: 1 }))
  return scene
}

// By element: queries by role are slow on tables of this size.
const rows = () => [...document.querySelectorAll('tbody tr')].map((row) => row.textContent)
const list = () => screen.getByRole('region', { name: 'Trades in ACME' })

describe('the tape', () => {
  it('shows the newest on top with size, taker and the way the price went', () => {
    const { show } = tape()
    show(tradesOf([[3, 10_001, 1_200, 'sell', 3]]))
    expect(rows()[0]).toMatch(/▼100\.01 down−1,200 sold$/)
    expect(rows()[1]).toMatch(/▲100\.02 up\+3 bought$/)
    expect(rows()).toHaveLength(3)
  })

  it('marks own prints', () => {
    tape([print(1), print(2)], new Set([printKey(2, 10_002, 3)]))
    expect(rows()[0]).toContain('yours')
    expect(rows()[1]).not.toContain('yours')
  })

  it('takes a burst of 2,000 prints in one frame with a bounded number of rows', () => {
    const { client, paint, tell } = tape()
    for (let burst = 0; burst < 20; burst += 1) {
      tell(tradesOf(Array.from({ length: 100 }, (_, at) => print(3 + burst * 100 + at))))
    }
    expect(rows()).toHaveLength(2)
    expect(client.frames.asked).toBeGreaterThan(0)
    paint()
    expect(rows()).toHaveLength(60)
    expect(rows()[0]).toContain('120.02')
  })

  it('does not move under the pointer, counts what is new, and shows it afterwards', () => {
    const { show } = tape()
    const before = rows()
    fireEvent.pointerEnter(list())
    show(tradesOf([print(3), print(4)]))
    expect(rows()).toEqual(before)
    expect(screen.getByText('2 new')).toBeInTheDocument()
    fireEvent.pointerLeave(list())
    expect(rows()).toHaveLength(4)
    expect(screen.queryByText(/\d new$/)).not.toBeInTheDocument()
  })

  it('shows another symbol at once, also under the pointer', () => {
    const { begin, show } = tape()
    fireEvent.pointerEnter(list())
    begin('OTHER')
    show(tradesOf([print(9)], true, 'OTHER'), snapshotOf({ sequence: 1, symbol: 'OTHER' }))
    expect(rows()).toHaveLength(1)
  })

  it('says what an empty tape waits for', () => {
    tape([])
    expect(screen.getByText(/No trades in ACME yet/)).toBeInTheDocument()
  })
})
