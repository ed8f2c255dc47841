import { Decimal } from './decimal'

/** What turns integers of the stream into prices and quantities: one tick and one lot, as decimal strings. */
export interface Increments {
  readonly symbol: string
  readonly tickSize: string
  readonly lotSize: string
}

/** Something that is traded, as the asset list describes it. */
export interface Instrument extends Increments {
  readonly name: string
  readonly assetClass: 'us_equity' | 'crypto'
  readonly fractionable: boolean
}

/** An integer of ticks or lots, or a sentence that says why the text is none. */
export type Parsed =
  { readonly ok: true; readonly value: number } | { readonly ok: false; readonly problem: string }

/** The engine takes prices and quantities from 1 to this. */
export const LARGEST_COUNT = 1e15

interface Step {
  /** One tick or lot is `units` of `10^-decimals`. */
  readonly units: bigint
  readonly unitsNumber: number
  readonly decimals: number
}

const steps = new Map<string, Step>()

function stepOf(size: string): Step {
  const known = steps.get(size)
  if (known !== undefined) return known
  const value = Decimal.parse(size).trimmed()
  if (value.sign !== 1) throw new RangeError(`an increment must be above zero: ${size}`)
  const step = { units: value.units, unitsNumber: Number(value.units), decimals: value.scale }
  steps.set(size, step)
  return step
}

/** How many decimals a price of the instrument has. */
export function priceDecimals(instrument: Increments): number {
  return stepOf(instrument.tickSize).decimals
}

/** How many decimals a quantity of the instrument has at most. */
export function quantityDecimals(instrument: Increments): number {
  return stepOf(instrument.lotSize).decimals
}

/** An exact price with all its decimals and grouped thousands: 10125 ticks of 0.01 are "101.25". */
export function formatPrice(instrument: Increments, ticks: number): string {
  return grouped(plain(stepOf(instrument.tickSize), ticks))
}

/** An exact quantity with grouped thousands, without zeros at the end: "1,200", "0.05". */
export function formatQuantity(instrument: Increments, lots: number): string {
  return grouped(withoutEndZeros(plain(stepOf(instrument.lotSize), lots)))
}

/** The price as the API takes it: no grouping. */
export function priceText(instrument: Increments, ticks: number): string {
  return plain(stepOf(instrument.tickSize), ticks)
}

/** The quantity as the API takes it: no grouping, no zeros at the end. */
export function quantityText(instrument: Increments, lots: number): string {
  return withoutEndZeros(plain(stepOf(instrument.lotSize), lots))
}

/** Ticks of a price that somebody typed; grouping commas and spaces around it are allowed. */
export function parsePrice(instrument: Increments, text: string): Parsed {
  return parseCount(text, stepOf(instrument.tickSize), instrument.tickSize, 'price', 'tick size')
}

/** Lots of a quantity that somebody typed; grouping commas and spaces around it are allowed. */
export function parseQuantity(instrument: Increments, text: string): Parsed {
  return parseCount(text, stepOf(instrument.lotSize), instrument.lotSize, 'quantity', 'lot size')
}

/** The exact price of so many ticks. */
export function priceOf(instrument: Increments, ticks: number): Decimal {
  const { units, decimals } = stepOf(instrument.tickSize)
  return Decimal.of(BigInt(ticks) * units, decimals)
}

/** The exact quantity of so many lots. */
export function quantityOf(instrument: Increments, lots: number): Decimal {
  const { units, decimals } = stepOf(instrument.lotSize)
  return Decimal.of(BigInt(lots) * units, decimals)
}

/** The most whole lots within `quantity`; 0 when it is less than one. */
export function lotsWithin(instrument: Increments, quantity: Decimal): number {
  if (quantity.sign <= 0) return 0
  const { units } = quantity.dividedBy(quantityOf(instrument, 1), 0, 'down')
  return units > BigInt(LARGEST_COUNT) ? LARGEST_COUNT : Number(units)
}

/** What `lots` cost at `ticks` each, exactly and before fees. */
export function cost(instrument: Increments, ticks: number, lots: number): Decimal {
  return priceOf(instrument, ticks).times(quantityOf(instrument, lots))
}

/** An integer that a JavaScript number holds exactly. */
export function isExact(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

function plain(step: Step, count: number): string {
  if (!isExact(count)) throw new RangeError(`not an exact integer: ${String(count)}`)
  const units = count * step.unitsNumber
  const exact = Number.isSafeInteger(units) ? units : BigInt(count) * step.units
  if (step.decimals === 0) return exact.toString()
  const negative = count < 0
  const digits = exact
    .toString()
    .slice(negative ? 1 : 0)
    .padStart(step.decimals + 1, '0')
  const point = digits.length - step.decimals
  return `${negative ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`
}

/** Commas between thousands of the whole part. */
export function grouped(text: string): string {
  const point = text.indexOf('.')
  const whole = point === -1 ? text : text.slice(0, point)
  const digitsFrom = whole.startsWith('-') || whole.startsWith('+') ? 1 : 0
  if (whole.length - digitsFrom <= 3) return text
  let result = whole.slice(-3)
  let end = whole.length - 3
  for (; end - 3 > digitsFrom; end -= 3) result = `${whole.slice(end - 3, end)},${result}`
  result = `${whole.slice(0, end)},${result}`
  return point === -1 ? result : result + text.slice(point)
}

function withoutEndZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

const GROUPS = /^\d{1,3}(,\d{3})+(\.\d*)?$/

function parseCount(text: string, step: Step, size: string, noun: string, rule: string): Parsed {
  const trimmed = text.trim()
  if (trimmed === '') return { ok: false, problem: `enter a ${noun}` }
  const value = Decimal.read(GROUPS.test(trimmed) ? trimmed.replaceAll(',', '') : trimmed)
  if (value === null) return { ok: false, problem: `${noun} must be a number` }
  if (value.sign !== 1) return { ok: false, problem: `${noun} must be above 0` }
  const short = value.trimmed()
  const aligned = short.scale <= step.decimals ? short.round(step.decimals).units : null
  if (aligned === null || aligned % step.units !== 0n) {
    return { ok: false, problem: `${noun} must be a multiple of the ${rule} ${size}` }
  }
  const count = aligned / step.units
  if (count > BigInt(LARGEST_COUNT)) return { ok: false, problem: `${noun} is too large` }
  return { ok: true, value: Number(count) }
}
