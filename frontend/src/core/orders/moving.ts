/** From a price that an order's mark was dropped at to what is asked of the platform. Pure. */
import type { BookView } from '../market/state'
import { type Increments, parsePrice, priceText } from '../numbers/instrument'
import type { Order } from './order'
import { isChangeable } from './selectors'
import type { Replacement } from './terms'

/** Which price of an order is moved. */
export type MovedPrice = 'limit' | 'stop'

export type Moved =
  | { readonly kind: 'change'; readonly change: Replacement }
  /** It is where it was. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refused'; readonly sentence: string }

interface Market {
  readonly book: BookView | null
  readonly lastTicks: number | null
}

/** Whether its mark may be taken hold of: one price, and an order that the platform takes changes of. */
export function isMovable(order: Order, which: MovedPrice): boolean {
  if (!isChangeable(order)) return false
  if (which === 'limit') return order.type === 'limit'
  return order.type === 'stop' || order.type === 'stop_limit'
}

/**
 * An order may be moved to wherever it goes on waiting: a slip must not trade at once. The limit of a stop limit
 * keeps its distance from the stop.
 */
export function moveTo(
  instrument: Increments,
  order: Order,
  which: MovedPrice,
  ticks: number,
  market: Market,
): Moved {
  if (!isMovable(order, which)) return refused('It cannot be changed at the moment.')
  const now = ticksOf(instrument, which === 'limit' ? order.limitPrice : order.stopPrice)
  if (now === ticks || now === null) return { kind: 'nothing' }
  const text = priceText(instrument, ticks)
  if (which === 'limit') {
    if (wouldTrade(order, ticks, market)) {
      return refused(`At ${text} it would trade at once. Change it in its row if you want that.`)
    }
    return { kind: 'change', change: { limitPrice: text } }
  }
  if (wouldTrigger(order, ticks, market)) {
    return refused(
      `At ${text} the stop would be reached at once. Change it in its row if you want that.`,
    )
  }
  const limit = ticksOf(instrument, order.limitPrice)
  if (limit === null) return { kind: 'change', change: { stopPrice: text } }
  const shifted = Math.max(1, limit + ticks - now)
  return {
    kind: 'change',
    change: { stopPrice: text, limitPrice: priceText(instrument, shifted) },
  }
}

function refused(sentence: string): Moved {
  return { kind: 'refused', sentence }
}

function ticksOf(instrument: Increments, text: string | null): number | null {
  const parsed = text === null ? null : parsePrice(instrument, text)
  return parsed?.ok === true ? parsed.value : null
}

function wouldTrade({ side }: Order, ticks: number, { book }: Market): boolean {
  const best = side === 'buy' ? book?.asks[0] : book?.bids[0]
  return best !== undefined && (side === 'buy' ? ticks >= best.ticks : ticks <= best.ticks)
}

function wouldTrigger({ side }: Order, ticks: number, { lastTicks }: Market): boolean {
  return lastTicks !== null && (side === 'buy' ? ticks <= lastTicks : ticks >= lastTicks)
}
