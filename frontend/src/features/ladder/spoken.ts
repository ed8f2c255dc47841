import type { ActiveMarket, Level } from '@/core/market/state'
import { formatPrice, formatQuantity, type Increments } from '@/core/numbers/instrument'

/** Levels a side that are told to people who hear the book. */
export const LEVELS = 5

export interface SpokenLevel {
  readonly bidQuantity: string
  readonly bidPrice: string
  readonly askPrice: string
  readonly askQuantity: string
}

/** Always `LEVELS` rows, so that a table keeps its shape; what is missing is said to be none. */
export function bestLevels({ book, instrument }: ActiveMarket): SpokenLevel[] {
  return Array.from({ length: LEVELS }, (_, at) => {
    const bid = text(instrument, book?.bids[at])
    const ask = text(instrument, book?.asks[at])
    return {
      bidQuantity: bid.quantity,
      bidPrice: bid.price,
      askPrice: ask.price,
      askQuantity: ask.quantity,
    }
  })
}

/** The market in a sentence: "ACME: bid 101.24 for 400, ask 101.26 for 90, spread 0.02, last 101.25." */
export function summary({ symbol, book, instrument, trades }: ActiveMarket, live: boolean): string {
  if (book === null || instrument === null) return `${symbol}: the order book is loading.`
  const [bid] = book.bids
  const [ask] = book.asks
  const last = trades?.at(-1)
  const parts = [
    bid ? `bid ${side(instrument, bid)}` : 'no bids',
    ask ? `ask ${side(instrument, ask)}` : 'no asks',
    bid && ask ? `spread ${formatPrice(instrument, ask.ticks - bid.ticks)}` : null,
    last ? `last ${formatPrice(instrument, last.ticks)}` : null,
  ].filter((part) => part !== null)
  return `${symbol}${live ? '' : ', out of date'}: ${parts.join(', ')}.`
}

function side(instrument: Increments, { ticks, lots }: Level): string {
  return `${formatPrice(instrument, ticks)} for ${formatQuantity(instrument, lots)}`
}

function text(instrument: Increments | null, level: Level | undefined) {
  if (instrument === null || level === undefined) return { price: 'none', quantity: 'none' }
  return {
    price: formatPrice(instrument, level.ticks),
    quantity: formatQuantity(instrument, level.lots),
  }
}
