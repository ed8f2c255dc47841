/** What the order will cost and leave. Pure, exact; nothing is rounded before it is shown. */
import { Decimal } from '@/core/numbers/decimal'
import { cost, type Increments, LARGEST_COUNT, quantityOf } from '@/core/numbers/instrument'
import type { Side } from '@/core/orders/order'
import { affordableLots, holdOf } from '@/core/portfolio/hold'

export interface Means {
  /** Cash that no order holds; null while it is not known. */
  readonly buyingPower: Decimal | null
  /** Shares of the symbol that no order holds. */
  readonly available: Decimal
}

export interface Preview {
  /** What a buy pays at most, or a sell gets at least. */
  readonly value: Decimal
  /** Buying power after a buy, shares after a sell; negative when the order asks for more than there is. */
  readonly left: Decimal | null
}

export function previewOf(
  instrument: Increments,
  side: Side,
  lots: number,
  worstTicks: number,
  means: Means,
): Preview {
  if (side === 'sell') {
    return {
      value: cost(instrument, worstTicks, lots),
      left: means.available.minus(quantityOf(instrument, lots)),
    }
  }
  const hold = holdOf(instrument, worstTicks, lots)
  return { value: hold, left: means.buyingPower?.minus(hold) ?? null }
}

export const QUICK_SIZES = [25, 50, 100] as const

/** Lots that are `percent` of what can be bought at `worstTicks`, or sold; 0 when that is less than one. */
export function quickLots(
  instrument: Increments,
  side: Side,
  percent: number,
  worstTicks: number | null,
  means: Means,
): number {
  const part = (amount: Decimal) => amount.times(Decimal.of(percent, 2))
  if (side === 'sell') {
    const lots = part(means.available).dividedBy(quantityOf(instrument, 1), 0, 'down').units
    return Number(lots > BigInt(LARGEST_COUNT) ? BigInt(LARGEST_COUNT) : lots)
  }
  if (means.buyingPower === null || worstTicks === null) return 0
  return affordableLots(instrument, worstTicks, part(means.buyingPower))
}
