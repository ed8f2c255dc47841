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

/** Cash and positions together; null while a price is not known. */
export function equityOf<H extends Holding>(
  cash: Decimal,
  holdings: readonly H[],
  lastOf: (holding: H) => Decimal | null,
): Decimal | null {
  let sum = cash
  for (const holding of holdings) {
    const last = lastOf(holding)
    if (last === null) return null
    sum = sum.plus(valueOf(holding, last).value)
  }
  return sum
}
