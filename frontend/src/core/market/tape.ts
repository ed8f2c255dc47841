import type { Side, Trade } from './state'

/** One print as the tape shows it. `direction` compares its price with the print before. */
export interface TapeRow {
  readonly id: number
  readonly timeUs: number
  readonly ticks: number
  readonly lots: number
  readonly takerSide: Side
  readonly direction: 'up' | 'down' | 'same'
  readonly own: boolean
}

/** What a print and the fill that it gave somebody have in common. */
export function printKey(timeUs: number, ticks: number, lots: number): string {
  return `${timeUs}:${ticks}:${lots}`
}

const NONE: ReadonlySet<string> = new Set()

/** The newest `limit` prints, newest first. `ownPrints` holds `printKey`s of the trader's own fills. */
export function tapeRows(
  trades: readonly Trade[],
  limit: number,
  ownPrints: ReadonlySet<string> = NONE,
): TapeRow[] {
  const rows: TapeRow[] = []
  for (let at = trades.length - 1; at >= 0 && rows.length < limit; at -= 1) {
    const { id, timeUs, ticks, lots, takerSide } = trades[at] as Trade
    const before = trades[at - 1]?.ticks ?? ticks
    const direction = ticks > before ? 'up' : ticks < before ? 'down' : 'same'
    const own = ownPrints.size > 0 && ownPrints.has(printKey(timeUs, ticks, lots))
    rows.push({ id, timeUs, ticks, lots, takerSide, direction, own })
  }
  return rows
}

/** How many prints came after the one with `id`. */
export function printsAfter(trades: readonly Trade[], id: number): number {
  let count = 0
  for (let at = trades.length - 1; at >= 0 && (trades[at] as Trade).id > id; at -= 1) count += 1
  return count
}
