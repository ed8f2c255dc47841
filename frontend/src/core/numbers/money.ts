import { Decimal, type Rounding } from './decimal'
import { grouped } from './instrument'

interface MoneyFormat {
  /** Places shown; what lies beyond is rounded for the eye only. */
  readonly decimals?: number
  readonly rounding?: Rounding
  /** `always` puts a plus before gains: up and down are never told by colour alone. */
  readonly sign?: 'auto' | 'always'
}

/** An amount for people: "10,125.00", "+230.00". Takes the API's decimal strings as they are. */
export function formatMoney(amount: string | Decimal, format: MoneyFormat = {}): string {
  const { decimals = 2, rounding = 'half-up', sign = 'auto' } = format
  const value = (typeof amount === 'string' ? Decimal.parse(amount) : amount).round(
    decimals,
    rounding,
  )
  return signed(value, sign)
}

/**
 * A number for people, thousands grouped: a real minus sign, as wide as the plus, and with `always` a plus before
 * what is above zero. Files and the API take `toString()`, whose minus is ASCII.
 */
export function signed(value: Decimal, sign: MoneyFormat['sign'] = 'always'): string {
  const text = grouped(value.toString())
  if (value.sign < 0) return `−${text.slice(1)}`
  return sign === 'always' && value.sign > 0 ? `+${text}` : text
}

/** `part` of `whole` for people, always signed: "+0.42 %". Null where there is no whole to compare with. */
export function formatPercent(part: Decimal, whole: Decimal, decimals = 2): string | null {
  if (whole.sign === 0) return null
  const percent = part.times(Decimal.of(100)).dividedBy(whole, decimals)
  return `${formatMoney(percent, { decimals, sign: 'always' })} %`
}
