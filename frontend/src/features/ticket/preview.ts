/** What the order will cost and leave. Pure, exact; nothing is rounded before it is shown. */
import type { BookView } from '@/core/market/state'
import { Decimal } from '@/core/numbers/decimal'
import { cost, type Increments, lotsWithin, quantityOf } from '@/core/numbers/instrument'
import type { Side } from '@/core/orders/order'
import {
  affordableLots,
  DEFAULT_RULES,
  highestFeeRate,
  holdOf,
  type TradingRules,
} from '@/core/portfolio/hold'

export interface Means {
  /** Cash that no order holds; null while it is not known. */
  readonly buyingPower: Decimal | null
  /** Shares of the symbol that no order holds. */
  readonly available: Decimal
  /** The platform's rules, as far as it told them. */
  readonly rules?: TradingRules
}

export interface Preview {
  /** What a buy pays at most, or a sell gets at least. */
  readonly value: Decimal
  /** What of it is the fee, at most; null where there is none. */
  readonly fee: Decimal | null
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
  const bare = cost(instrument, worstTicks, lots)
  const rate = highestFeeRate(means.rules ?? DEFAULT_RULES)
  const fee = rate.sign === 0 ? null : bare.times(rate)
  if (side === 'sell') {
    return {
      value: fee === null ? bare : bare.minus(fee),
      fee,
      left: means.available.minus(quantityOf(instrument, lots)),
    }
  }
  const hold = holdOf(instrument, worstTicks, lots, means.rules)
  return { value: hold, fee, left: means.buyingPower?.minus(hold) ?? null }
}

/** Of an order by amount: a buy spends no more than it, fee included, and a sell brings about as much. */
export function previewOfAmount(side: Side, amount: Decimal, means: Means): Preview {
  const rate = highestFeeRate(means.rules ?? DEFAULT_RULES)
  const fee = rate.sign === 0 ? null : amount.times(rate)
  const left = side === 'buy' ? (means.buyingPower?.minus(amount) ?? null) : null
  return { value: amount, fee, left }
}

export interface Expected {
  /** What a buy would pay and a sell would get if the book stayed as it is: with the taker's fee, not rounded. */
  readonly value: Decimal
  /** Lots of the order that the book would fill. */
  readonly lots: number
}

/** Walks the other side of the book, best price first, as far as `worstTicks` allows. */
export function expectedOf(
  instrument: Increments,
  side: Side,
  lots: number,
  worstTicks: number,
  book: BookView,
  rules = DEFAULT_RULES,
): Expected {
  const isBuy = side === 'buy'
  let left = lots
  let value = Decimal.ZERO
  for (const level of isBuy ? book.asks : book.bids) {
    const isBeyond = isBuy ? level.ticks > worstTicks : level.ticks < worstTicks
    if (left === 0 || isBeyond) break
    const taken = Math.min(left, level.lots)
    value = value.plus(cost(instrument, level.ticks, taken))
    left -= taken
  }
  const fee = value.times(rules.takerFeeRate)
  return { value: isBuy ? value.plus(fee) : value.minus(fee), lots: lots - left }
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
  if (side === 'sell') return lotsWithin(instrument, part(means.available))
  if (means.buyingPower === null || worstTicks === null) return 0
  return affordableLots(instrument, worstTicks, part(means.buyingPower), means.rules)
}
