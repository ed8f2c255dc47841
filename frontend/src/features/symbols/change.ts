import { Decimal } from '@/core/numbers/decimal'
import { signed } from '@/core/numbers/money'

/** How far the last price is from the day's first one. */
export interface Change {
  readonly direction: 'up' | 'down' | 'none'
  /** Signed, with two decimals: "+0.42 %". Never by colour alone. */
  readonly text: string
}

/** The change from `open` to `last`, both in ticks; null while either is unknown. Rounded half away from zero. */
export function changeOf(last: number | null, open: number | null): Change | null {
  if (last === null || open === null || open <= 0) return null
  const difference = BigInt(last) - BigInt(open)
  const percent = Decimal.of(difference * 100n).dividedBy(Decimal.of(open), 2)
  const direction = difference > 0n ? 'up' : difference < 0n ? 'down' : 'none'
  return { direction, text: `${signed(percent)} %` }
}

/** A quantity in few characters: 1234567 is "1.2 M". For looking, not for reckoning. */
export function shortened(quantity: number): string {
  const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 })
  return short.format(quantity)
}
