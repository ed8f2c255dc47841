export interface TapeProps {
  /** Ids of trades (the engine's sequence numbers) that are the trader's own. */
  readonly ownTrades?: ReadonlySet<number> | undefined
}
