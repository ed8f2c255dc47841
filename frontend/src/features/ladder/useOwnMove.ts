import { type PointerEvent as ReactPointerEvent, useEffect, useEffectEvent, useState } from 'react'
import type { OwnQuantities, Side } from '@/core/market/state'
import { grouped } from '@/core/market/ladder'
import type { OwnMove } from './types'

/** Own orders that somebody took hold of: all of one side that a row shows. */
export interface Held {
  readonly side: Side
  /** Their prices in ticks. */
  readonly from: readonly number[]
  /** The row's price when they were taken. */
  readonly rowTicks: number
  readonly by: 'pointer' | 'keyboard'
  /** The price under the pointer. By the keyboard the cursor says where to. */
  readonly over: number | null
}

interface Options {
  readonly own: OwnQuantities | undefined
  readonly group: number
  /** The prices of the rows as they are shown. */
  readonly ticksOf: (row: number) => number | undefined
  /** Absent: nothing may be moved. */
  readonly onMove: ((move: OwnMove) => void) | undefined
}

/** Taking hold of own orders by their mark or by a key, and dropping them in another row. */
export function useOwnMove({ own, group, ticksOf, onMove }: Options) {
  const [held, setHeld] = useState<Held | null>(null)

  const take = (row: number, side: Side, by: Held['by']): void => {
    const rowTicks = ticksOf(row)
    if (rowTicks === undefined || onMove === undefined) return
    const from = pricesIn(own, rowTicks, group, side)
    if (from.length > 0) setHeld({ side, from, rowTicks, by, over: rowTicks })
  }
  const drop = (to: number | null | undefined) => {
    setHeld(null)
    if (held === null || to == null || to === held.rowTicks) return
    onMove?.({ side: held.side, from: held.from, to })
  }
  const onPointer = useEffectEvent((event: PointerEvent) => {
    const row = rowAt(event)
    const over = row === null ? null : (ticksOf(row) ?? null)
    if (event.type === 'pointerup') drop(over)
    else if (event.type === 'pointercancel') setHeld(null)
    else if (held !== null && held.over !== over) setHeld({ ...held, over })
  })
  const onEscape = useEffectEvent((event: KeyboardEvent) => {
    if (event.key === 'Escape') setHeld(null)
  })
  const isPointed = held?.by === 'pointer'
  const isHeld = held !== null
  useEffect(() => {
    if (!isHeld) return
    const hear = (event: PointerEvent) => onPointer(event)
    const escape = (event: KeyboardEvent) => onEscape(event)
    document.addEventListener('keydown', escape)
    if (isPointed) for (const name of POINTER) document.addEventListener(name, hear)
    return () => {
      document.removeEventListener('keydown', escape)
      for (const name of POINTER) document.removeEventListener(name, hear)
    }
  }, [isHeld, isPointed])

  const onPointerDown = (event: ReactPointerEvent) => {
    if (event.button !== 0 || !(event.target instanceof Element)) return
    const mark = event.target.closest<HTMLElement>('[data-own]')
    const row = mark?.closest<HTMLElement>('[data-row]')?.dataset['row']
    const side = mark?.closest<HTMLElement>('[data-side]')?.dataset['side']
    if (row === undefined) return
    // A finger keeps what it touched first: other rows hear of it only when that is given up.
    if (event.target.hasPointerCapture(event.pointerId)) {
      event.target.releasePointerCapture(event.pointerId)
    }
    take(Number(row), side === 'bid' ? 'buy' : 'sell', 'pointer')
  }
  return { held, take, drop, onPointerDown }
}

const POINTER = ['pointermove', 'pointerup', 'pointercancel'] as const

function rowAt({ clientX, clientY }: PointerEvent): number | null {
  const row = document.elementFromPoint(clientX, clientY)?.closest<HTMLElement>('[data-row]')
    ?.dataset['row']
  return row === undefined ? null : Number(row)
}

/** The trader's own prices of one side that a row stands for. */
function pricesIn(
  own: OwnQuantities | undefined,
  rowTicks: number,
  group: number,
  side: Side,
): readonly number[] {
  const name = side === 'buy' ? 'bid' : 'ask'
  return [...(own ?? [])]
    .filter(([ticks, lots]) => lots[side] > 0 && grouped(ticks, group, name) === rowTicks)
    .map(([ticks]) => ticks)
}
