import type { OwnQuantities, Side } from '@/core/market/state'

/** A price that somebody chose in the ladder, and the side that would take what stands there. */
export interface Pick {
  readonly ticks: number
  readonly side: Side
}

/** The trader's own orders of one side at these prices are to stand at another; all in ticks. */
export interface OwnMove {
  readonly side: Side
  readonly from: readonly number[]
  readonly to: number
}

export interface LadderProps {
  readonly ownQuantities?: OwnQuantities | undefined
  readonly onPick?: ((pick: Pick) => void) | undefined
  readonly onMove?: ((move: OwnMove) => void) | undefined
}
