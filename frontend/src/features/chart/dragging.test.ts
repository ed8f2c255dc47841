import { fireEvent } from '@testing-library/dom'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type DragHost, dragLines } from './dragging'
import type { ChartOrder } from './marks'

const LINE: ChartOrder = {
  id: 'o limit',
  orderId: 'o',
  which: 'limit',
  side: 'buy',
  ticks: 100,
  lots: 5,
  waits: false,
  movable: true,
}

/** A chart whose price in ticks is 200 less the height in pixels, with one line at 100. */
function chart() {
  const shown: (number | null)[] = []
  const held: boolean[] = []
  const host: DragHost = {
    lineAt: (y, reach) => (Math.abs(y - 100) <= reach ? LINE : null),
    ticksAt: (y) => 200 - y,
    isAxis: (x) => x > 300,
    show: (_, ticks) => shown.push(ticks),
    hold: (is) => held.push(is),
  }
  const onDrop = vi.fn()
  const element = document.createElement('div')
  element.setPointerCapture = () => undefined
  document.body.append(element)
  const stop = dragLines(element, host, onDrop)
  const at = (kind: 'pointerDown' | 'pointerMove' | 'pointerUp', y: number, more = {}) =>
    fireEvent[kind](element, { button: 0, pointerId: 1, clientX: 10, clientY: y, ...more })
  return { element, stop, at, onDrop, shown, held }
}

describe('AC-BLT-10 an order’s line on the chart', () => {
  beforeEach(() => document.body.replaceChildren())

  it('is dragged to another price, and the chart stands still meanwhile', () => {
    const { at, onDrop, shown, held } = chart()
    at('pointerDown', 103)
    at('pointerMove', 95)
    at('pointerMove', 90)
    at('pointerUp', 90)
    expect(onDrop.mock.calls).toEqual([[LINE, 110]])
    expect(shown).toEqual([105, 110, null])
    expect(held).toEqual([true, false])
  })

  it('is not taken from further away, from the axis, or with another button', () => {
    const { at, held } = chart()
    at('pointerDown', 106)
    at('pointerDown', 100, { clientX: 301 })
    at('pointerDown', 100, { button: 2 })
    expect(held).toEqual([])
  })

  it('is wider for a finger', () => {
    const { at, held } = chart()
    at('pointerDown', 112, { pointerType: 'touch' })
    expect(held).toEqual([true])
  })

  it('stays after Escape, and where it was', () => {
    const { at, onDrop, shown } = chart()
    at('pointerDown', 100)
    at('pointerMove', 90)
    fireEvent.keyDown(document, { key: 'Escape' })
    at('pointerUp', 90)
    at('pointerDown', 100)
    at('pointerUp', 100)
    expect(onDrop).not.toHaveBeenCalled()
    expect(shown).toEqual([110, null, null])
  })

  it('stays when the browser takes the pointer, and when the chart goes', () => {
    const { at, element, stop, onDrop, held } = chart()
    at('pointerDown', 100)
    at('pointerMove', 90)
    fireEvent.pointerCancel(element, { pointerId: 1 })
    at('pointerDown', 100)
    stop()
    at('pointerUp', 80)
    expect(onDrop).not.toHaveBeenCalled()
    expect(held).toEqual([true, false, true, false])
  })
})
