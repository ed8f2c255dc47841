export interface TapeProps {
  /** `printKey`s (core/market/tape) of the trader's own fills: they are marked. */
  readonly ownPrints?: ReadonlySet<string> | undefined
}
