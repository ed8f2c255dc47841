import { createStore } from 'zustand/vanilla'
import type { Side } from '@/core/orders/order'

/** What another panel puts into the ticket. */
export interface TicketFill {
  readonly symbol: string
  readonly side: Side
  /** A limit price; null for a market order; absent: the ticket keeps its own. */
  readonly ticks?: number | null
  /** Absent: the ticket keeps its own. */
  readonly lots?: number
  /** Whether the keyboard goes to the ticket as well. */
  readonly focus?: boolean
}

interface Filling {
  /** Counts fills, so that the same one twice is two. */
  readonly count: number
  readonly fill: TicketFill | null
}

export const ticketFills = createStore<Filling>(() => ({ count: 0, fill: null }))

/** Fills the ticket, from the ladder, a position, or a key. Nothing is sent. */
export function fillTicket(fill: TicketFill): void {
  ticketFills.setState(({ count }) => ({ count: count + 1, fill }))
}
