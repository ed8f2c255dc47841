import type { ReactNode } from 'react'
import { Decimal } from '@/core/numbers/decimal'

/** One column of a table, and of the file that it is saved as. */
export interface BlotterColumn<Row> {
  readonly id: string
  readonly header: string
  /** What stands in the cell. Of a number: its text, so that decimal points can stand under each other. */
  readonly cell: (row: Row) => ReactNode
  /** Exact and plain, for the file; also what the column is sorted by. Null: nothing. */
  readonly value: (row: Row) => string | null
  readonly kind: 'text' | 'number'
}

/** Ascending, what is nothing last; numbers exactly, everything else by its characters. */
export function compareValues(
  kind: BlotterColumn<unknown>['kind'],
  a: string | null,
  b: string | null,
): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  if (kind === 'number') return Decimal.parse(a).compare(Decimal.parse(b))
  return a < b ? -1 : a > b ? 1 : 0
}

/** How many decimals the longest of the texts has. */
export function longestFraction(texts: readonly ReactNode[]): number {
  return texts.reduce<number>(
    (longest, each) => Math.max(longest, typeof each === 'string' ? fraction(each) : 0),
    0,
  )
}

/** What has to stand, unseen, after a number so that its decimal point is where `decimals` put it. */
export function padding(text: string, decimals: number): string {
  const own = fraction(text)
  const point = own === 0 && decimals > 0 ? '.' : ''
  return point + '0'.repeat(decimals - own)
}

function fraction(text: string): number {
  return /\.(\d+)$/.exec(text)?.[1]?.length ?? 0
}
