import type { Side } from '@/core/market/state'

/** An open order of the trader: a line with its remaining size. */
export interface ChartOrder {
  readonly id: string
  readonly side: Side
  readonly ticks: number
  readonly lots: number
}

/** An execution of the trader. `timeS` in seconds since the Unix epoch. */
export interface ChartFill {
  readonly id: string
  readonly side: Side
  readonly ticks: number
  readonly lots: number
  readonly timeS: number
}
