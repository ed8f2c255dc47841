/** Taking hold of an own order's line on the chart, and dropping it at another price. */
import type { ChartOrder } from './marks'

/** What the chart has to answer and to do for that. Heights in pixels from its upper edge. */
export interface DragHost {
  /** The movable line that is nearest to a height, within `reach`; null: none. */
  lineAt(y: number, reach: number): ChartOrder | null
  /** The price at a height, on the grid; null where there is none. */
  ticksAt(y: number): number | null
  /** Whether a place is on the axis, which has its own dragging. */
  isAxis(x: number): boolean
  /** Draws the line at another price, or (null) where it belongs. */
  show(line: ChartOrder, ticks: number | null): void
  /** Keeps the chart from moving with the pointer, or lets it again. */
  hold(held: boolean): void
}

/** How near a pointer has to be, in pixels: a finger is wider than a mouse. */
const REACH = { mouse: 5, touch: 16 }

/**
 * Listens on `element` until the answer is called. `onDrop` hears of each line that was dropped at another price;
 * Escape, or the browser taking the pointer away, leaves it where it was.
 */
export function dragLines(
  element: HTMLElement,
  host: DragHost,
  onDrop: (line: ChartOrder, ticks: number) => void,
): () => void {
  let held: { line: ChartOrder; pointer: number; ticks: number } | null = null

  const placeOf = ({ clientX, clientY }: PointerEvent) => {
    const { left, top } = element.getBoundingClientRect()
    return { x: clientX - left, y: clientY - top }
  }
  const lineUnder = (event: PointerEvent) => {
    const { x, y } = placeOf(event)
    if (host.isAxis(x)) return null
    return host.lineAt(y, event.pointerType === 'touch' ? REACH.touch : REACH.mouse)
  }
  const letGo = (): typeof held => {
    const was = held
    held = null
    if (was === null) return null
    host.hold(false)
    host.show(was.line, null)
    delete element.dataset['dragged']
    return was
  }
  const onDown = (event: PointerEvent) => {
    if (event.button !== 0 || held !== null) return
    const line = lineUnder(event)
    if (line === null) return
    // Before the chart hears of it, which would move with the pointer.
    host.hold(true)
    element.setPointerCapture(event.pointerId)
    element.dataset['dragged'] = line.orderId
    held = { line, pointer: event.pointerId, ticks: line.ticks }
  }
  const onMove = (event: PointerEvent) => {
    if (held === null) {
      const isOver = event.pointerType !== 'touch' && lineUnder(event) !== null
      element.toggleAttribute('data-movable', isOver)
      return
    }
    const ticks = event.pointerId === held.pointer ? host.ticksAt(placeOf(event).y) : null
    if (ticks === null || ticks < 1 || ticks === held.ticks) return
    held.ticks = ticks
    host.show(held.line, ticks)
  }
  const onUp = (event: PointerEvent) => {
    if (event.pointerId !== held?.pointer) return
    const was = letGo()
    if (was !== null && was.ticks !== was.line.ticks) onDrop(was.line, was.ticks)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || held === null) return
    event.preventDefault()
    letGo()
  }
  element.addEventListener('pointerdown', onDown, { capture: true })
  element.addEventListener('pointermove', onMove, { capture: true })
  element.addEventListener('pointerup', onUp, { capture: true })
  element.addEventListener('pointercancel', letGo)
  document.addEventListener('keydown', onKeyDown)
  return () => {
    letGo()
    element.removeEventListener('pointerdown', onDown, { capture: true })
    element.removeEventListener('pointermove', onMove, { capture: true })
    element.removeEventListener('pointerup', onUp, { capture: true })
    element.removeEventListener('pointercancel', letGo)
    document.removeEventListener('keydown', onKeyDown)
  }
}
