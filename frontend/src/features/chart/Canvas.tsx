import { useEffect, useEffectEvent, useRef } from 'react'
import type { Increments } from '@/core/numbers/instrument'
import type { Candle } from './candles'
import styles from './Chart.module.css'
import { coloursOf } from './colours'
import { dragLines } from './dragging'
import { Drawing } from './drawing'
import type { ChartFill, ChartOrder } from './marks'
import type { Timeframe } from './timeframe'

interface Props {
  instrument: Increments
  timeframe: Timeframe
  candles: readonly Candle[]
  orders: readonly ChartOrder[]
  fills: readonly ChartFill[]
  /** A line was dropped at another price. */
  onMove: (line: ChartOrder, ticks: number) => void
  theme: string
  label: string
}

/** Where React ends and the drawing begins. A module of its own, so that the chart library is loaded late. */
export default function Canvas({
  instrument,
  timeframe,
  candles,
  orders,
  fills,
  onMove,
  theme,
  label,
}: Props) {
  const element = useRef<HTMLDivElement>(null)
  const drawing = useRef<Drawing>(null)
  const onDrop = useEffectEvent(onMove)

  useEffect(() => {
    if (element.current === null) return
    const made = new Drawing(element.current, instrument, coloursOf(element.current))
    drawing.current = made
    const letGo = dragLines(element.current, made, (line, ticks) => onDrop(line, ticks))
    return () => {
      letGo()
      drawing.current = null
      made.remove()
    }
  }, [instrument])

  useEffect(() => {
    if (element.current !== null) drawing.current?.colour(coloursOf(element.current))
  }, [instrument, theme])
  useEffect(() => drawing.current?.timeframe(timeframe.seconds), [instrument, timeframe])
  useEffect(() => drawing.current?.showCandles(candles), [instrument, candles])
  useEffect(() => drawing.current?.showOrders(orders), [instrument, orders])
  useEffect(
    () => drawing.current?.showFills(fills, timeframe.seconds),
    [instrument, fills, timeframe],
  )

  return <div ref={element} role="img" aria-label={label} className={styles['canvas']} />
}
