import type { Side } from '@/core/market/state'

/** One price of an open order of the trader: a line with its remaining size. */
export interface ChartOrder {
  /** Of the line: an order may have two. */
  readonly id: string
  readonly orderId: string
  readonly which: 'limit' | 'stop'
  readonly side: Side
  readonly ticks: number
  readonly lots: number
  /** It acts only later: an exit that waits for its entry, or a change that waits for the market. */
  readonly waits: boolean
  /** It may be taken hold of and dragged to another price. */
  readonly movable: boolean
}

/** An execution of the trader. `timeS` in seconds since the Unix epoch. */
export interface ChartFill {
  readonly id: string
  readonly side: Side
  readonly ticks: number
  readonly lots: number
  readonly timeS: number
}

/** All fills of one side within one candle: one mark with their whole size. */
export interface Mark {
  readonly id: string
  readonly startS: number
  readonly side: Side
  readonly lots: number
}

/** One mark a side and candle, in the order of time that the chart asks for. */
export function marksOf(fills: readonly ChartFill[], seconds: number): Mark[] {
  const marks = new Map<string, Mark>()
  for (const { side, lots, timeS } of fills) {
    const startS = timeS - (timeS % seconds)
    const id = `${startS} ${side}`
    marks.set(id, { id, startS, side, lots: lots + (marks.get(id)?.lots ?? 0) })
  }
  return [...marks.values()].sort((one, other) => one.startS - other.startS)
}
