/** What positions are worth at the last prices. Exact: nothing is rounded before it is shown. */
import type { Decimal } from '../numbers/decimal'

export interface Holding {
  readonly quantity: Decimal
  /** What the shares were bought for, together. */
  readonly cost: Decimal
}

export interface Valuation {
  readonly value: Decimal
  /** Value minus cost: quantity x (last - average). */
  readonly profit: Decimal
}

export function valueOf(holding: Holding, last: Decimal): Valuation {
  const value = holding.quantity.times(last)
  return { value, profit: value.minus(holding.cost) }
}

/** Average price of what is held; null when nothing is. */
export function averagePrice(holding: Holding, decimals: number): Decimal | null {
  return holding.quantity.sign === 0 ? null : holding.cost.dividedBy(holding.quantity, decimals)
}

/** Cash and positions together; a position without a price counts at its cost. */
export function equityOf(
  cash: Decimal,
  holdings: readonly (Holding & { readonly last: Decimal | null })[],
): Decimal {
  return holdings.reduce(
    (sum, holding) =>
      sum.plus(holding.last === null ? holding.cost : valueOf(holding, holding.last).value),
    cash,
  )
}
