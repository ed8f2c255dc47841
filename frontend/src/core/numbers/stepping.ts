import {
  type Increments,
  LARGEST_COUNT,
  parsePrice,
  parseQuantity,
  priceText,
  quantityText,
} from './instrument'

/**
 * The text after so many steps. From nothing it starts at `start`; from between two steps it goes to the next
 * one; what is no number stays as it is.
 */
export function stepped(
  field: 'quantity' | 'price',
  instrument: Increments,
  text: string,
  by: number,
  start: number,
): string {
  const parse = field === 'quantity' ? parseQuantity : parsePrice
  const format = field === 'quantity' ? quantityText : priceText
  if (text.trim() === '') return format(instrument, within(by > 0 || start > 1 ? start : 1))
  const now = parse(instrument, text)
  return now.ok ? format(instrument, within(now.value + by)) : text
}

function within(count: number): number {
  return Math.min(Math.max(count, 1), LARGEST_COUNT)
}
