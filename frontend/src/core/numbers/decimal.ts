/** What a rounding does with what it cuts off: towards zero, away from zero, or to the nearest (a half goes away from zero). */
export type Rounding = 'down' | 'up' | 'half-up'

const PATTERN = /^([+-]?)(\d*)(?:\.(\d*))?$/
const powers: bigint[] = [1n]

function powerOfTen(exponent: number): bigint {
  for (let next = powers.length; next <= exponent; next += 1) powers.push(10n ** BigInt(next))
  return powers[exponent] ?? 10n ** BigInt(exponent)
}

/**
 * An exact decimal number, `units` of `10^-scale`. Money and sizes of orders are computed with it: no float
 * ever holds them. Immutable; a result keeps every digit unless `round` or `dividedBy` is told otherwise.
 */
export class Decimal {
  static readonly ZERO = new Decimal(0n, 0)

  private constructor(
    readonly units: bigint,
    readonly scale: number,
  ) {}

  static of(units: bigint | number, scale = 0): Decimal {
    return new Decimal(BigInt(units), scale)
  }

  /** Reads plain decimal notation ("-12.50"). Throws a RangeError on anything else. */
  static parse(text: string): Decimal {
    const value = Decimal.read(text)
    if (value === null) throw new RangeError(`not a decimal number: ${JSON.stringify(text)}`)
    return value
  }

  /** Like `parse`, but null for what is not plain decimal notation. */
  static read(text: string): Decimal | null {
    const match = PATTERN.exec(text)
    if (match === null) return null
    const [, sign = '', whole = '', fraction = ''] = match
    if (whole === '' && fraction === '') return null
    const units = BigInt(whole + fraction)
    return new Decimal(sign === '-' ? -units : units, fraction.length)
  }

  /** -1, 0 or 1. */
  get sign(): -1 | 0 | 1 {
    return this.units < 0n ? -1 : this.units > 0n ? 1 : 0
  }

  negated(): Decimal {
    return new Decimal(-this.units, this.scale)
  }

  plus(other: Decimal): Decimal {
    const scale = Math.max(this.scale, other.scale)
    return new Decimal(this.unitsAt(scale) + other.unitsAt(scale), scale)
  }

  minus(other: Decimal): Decimal {
    return this.plus(other.negated())
  }

  times(other: Decimal): Decimal {
    return new Decimal(this.units * other.units, this.scale + other.scale)
  }

  /** The quotient with `decimals` places. Throws a RangeError for a divisor of zero. */
  dividedBy(divisor: Decimal, decimals: number, rounding: Rounding = 'half-up'): Decimal {
    const shift = decimals + divisor.scale - this.scale
    const numerator = shift >= 0 ? this.units * powerOfTen(shift) : this.units
    const denominator = shift >= 0 ? divisor.units : divisor.units * powerOfTen(-shift)
    return new Decimal(divideRounded(numerator, denominator, rounding), decimals)
  }

  /** With exactly `decimals` places. */
  round(decimals: number, rounding: Rounding = 'half-up'): Decimal {
    if (decimals >= this.scale) return new Decimal(this.unitsAt(decimals), decimals)
    const step = powerOfTen(this.scale - decimals)
    return new Decimal(divideRounded(this.units, step, rounding), decimals)
  }

  /** Negative, zero or positive, for sorting. */
  compare(other: Decimal): number {
    const scale = Math.max(this.scale, other.scale)
    const difference = this.unitsAt(scale) - other.unitsAt(scale)
    return difference < 0n ? -1 : difference > 0n ? 1 : 0
  }

  equals(other: Decimal): boolean {
    return this.compare(other) === 0
  }

  /** Without zeros at the end of the fraction. */
  trimmed(): Decimal {
    let { units, scale } = this
    while (scale > 0 && units % 10n === 0n) {
      units /= 10n
      scale -= 1
    }
    return new Decimal(units, scale)
  }

  /** Plain notation with `scale` places: what the API takes. */
  toString(): string {
    const digits = (this.units < 0n ? -this.units : this.units)
      .toString()
      .padStart(this.scale + 1, '0')
    const whole = digits.slice(0, digits.length - this.scale)
    const fraction = this.scale > 0 ? `.${digits.slice(-this.scale)}` : ''
    return `${this.units < 0n ? '-' : ''}${whole}${fraction}`
  }

  private unitsAt(scale: number): bigint {
    return this.units * powerOfTen(scale - this.scale)
  }
}

function divideRounded(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  if (denominator === 0n) throw new RangeError('division by zero')
  const quotient = numerator / denominator
  const rest = numerator % denominator
  if (rest === 0n || rounding === 'down') return quotient
  const away = numerator < 0n === denominator < 0n ? 1n : -1n
  if (rounding === 'up') return quotient + away
  const double = (rest < 0n ? -rest : rest) * 2n
  return double >= (denominator < 0n ? -denominator : denominator) ? quotient + away : quotient
}
