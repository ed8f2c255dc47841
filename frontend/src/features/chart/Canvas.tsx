import { useEffect, useRef } from 'react'
import type { Increments } from '@/core/numbers/instrument'
import type { Candle } from './candles'
import styles from './Chart.module.css'
import { coloursOf } from './colours'
import { Drawing } from './drawing'
import type { ChartFill, ChartOrder } from './marks'
import type { Timeframe } from './timeframe'

interface Props {
  instrument: Increments
  timeframe: Timeframe
  candles: readonly Candle[]
  orders: readonly ChartOrder[]
  fills: readonly ChartFill[]
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
  theme,
  label,
}: Props) {
  const element = useRef<HTMLDivElement>(null)
  const drawing = useRef<Drawing>(null)

  useEffect(() => {
    if (element.current === null) return
    const made = new Drawing(element.current, instrument, coloursOf(element.current))
    drawing.current = made
    return () => {
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
