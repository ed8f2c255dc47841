import type { OwnQuantities, Side } from '@/core/market/state'

/** A price that somebody chose in the ladder, and the side that would take what stands there. */
export interface Pick {
  readonly ticks: number
  readonly side: Side
}

export interface LadderProps {
  readonly ownQuantities?: OwnQuantities | undefined
  readonly onPick?: ((pick: Pick) => void) | undefined
}
