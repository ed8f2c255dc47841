/**
 * What an order costs and holds, by the platform's own rule: a buy holds its whole quantity at its worst price,
 * with the taker's fee, rounded up to a cash step; a sell holds shares. A market order's worst price is its
 * collar, a fraction away from the last price, on the grid.
 */
import { Decimal } from '../numbers/decimal'
import { cost, type Increments, LARGEST_COUNT } from '../numbers/instrument'

/** Decimals of cash: the platform's ledger keeps eight. */
const CASH_DECIMALS = 8

/** The platform's settings, which the account tells. Exact fractions. */
export interface TradingRules {
  readonly takerFeeRate: Decimal
  /** Absent: no higher than the taker's. */
  readonly makerFeeRate?: Decimal
  readonly marketCollar: Decimal
}

/** As the platform is delivered: until the account is known, and for a platform that does not tell. */
export const DEFAULT_RULES: TradingRules = {
  takerFeeRate: Decimal.ZERO,
  marketCollar: Decimal.parse('0.10'),
}

/** What a fill can cost at most, whoever makes and takes: the rate that a hold provides for. */
export function highestFeeRate({ takerFeeRate, makerFeeRate }: TradingRules): Decimal {
  if (makerFeeRate === undefined) return takerFeeRate
  return makerFeeRate.compare(takerFeeRate) > 0 ? makerFeeRate : takerFeeRate
}

/** The worst price in ticks at which a market order may trade: within the collar, never off the grid. */
export function collarTicks(
  side: 'buy' | 'sell',
  lastTicks: number,
  rules = DEFAULT_RULES,
): number {
  const one = Decimal.of(1)
  const last = Decimal.of(lastTicks)
  if (side === 'buy') {
    const highest = Number(last.times(one.plus(rules.marketCollar)).round(0, 'down').units)
    return Math.min(Math.max(highest, 1), LARGEST_COUNT)
  }
  const lowest = Number(last.times(one.minus(rules.marketCollar)).round(0, 'up').units)
  return Math.max(lowest, 1)
}

/** Cash that a buy of `lots` holds when it may cost up to `ticks` each. */
export function holdOf(
  instrument: Increments,
  ticks: number,
  lots: number,
  rules = DEFAULT_RULES,
): Decimal {
  const withFee = Decimal.of(1).plus(highestFeeRate(rules))
  return cost(instrument, ticks, lots).times(withFee).round(CASH_DECIMALS, 'up')
}

/** The most lots whose hold at `ticks` each is within `cash`; 0 when not even one is. */
export function affordableLots(
  instrument: Increments,
  ticks: number,
  cash: Decimal,
  rules = DEFAULT_RULES,
): number {
  if (cash.sign <= 0) return 0
  // One lot's exact cost, not its rounded hold: rounding each lot up would lose lots.
  const each = cost(instrument, ticks, 1).times(Decimal.of(1).plus(highestFeeRate(rules)))
  const lots = cash.round(CASH_DECIMALS, 'down').dividedBy(each, 0, 'down').units
  return lots > BigInt(LARGEST_COUNT) ? LARGEST_COUNT : Number(lots)
}
