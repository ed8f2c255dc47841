/** Rows as a file (RFC 4180) that a spreadsheet may open without running anything that stands in it. */
import type { BlotterColumn } from './columns'

const NUMBER = /^-?\d+(\.\d+)?$/
/** What a spreadsheet takes for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r\n]/

export function csvOf<Row>(columns: readonly BlotterColumn<Row>[], rows: readonly Row[]): string {
  const lines = [
    columns.map((column) => field(column.header)),
    ...rows.map((row) => columns.map((column) => field(column.value(row) ?? ''))),
  ]
  return lines.map((line) => `${line.join(',')}\r\n`).join('')
}

function field(text: string): string {
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
