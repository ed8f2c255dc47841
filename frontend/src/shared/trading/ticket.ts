import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { type Increments, priceText, quantityText } from '@/core/numbers/instrument'
import type { OrderType, Side, TimeInForce } from '@/core/orders/order'

/** What the ticket's fields hold, as it was typed. */
export interface TicketForm {
  readonly side: Side
  readonly type: OrderType
  readonly timeInForce: TimeInForce
  readonly quantity: string
  readonly price: string
}

interface TicketState {
  /** Whose quantity and price these are; another symbol's ticket starts without. */
  readonly symbol: string | null
  readonly form: TicketForm
  /** Counts the times that the keyboard was sent to the ticket. */
  readonly calls: number
}

const EMPTY: TicketState = {
  symbol: null,
  form: { side: 'buy', type: 'limit', timeInForce: 'day', quantity: '', price: '' },
  calls: 0,
}

/** Outside of the panel: other panels fill it, and on a phone it comes and goes. */
const ticket = createStore<TicketState>(() => EMPTY)

export interface TicketFill {
  readonly instrument: Increments
  readonly side: Side
  /** A limit price. Null: a market order. Absent: the ticket keeps its own. */
  readonly ticks?: number | null
  /** Absent: the ticket keeps its own. */
  readonly lots?: number
}

/** Fills the ticket, from the ladder or a position. Nothing is sent. */
export function fillTicket({ instrument, side, ticks, lots }: TicketFill): void {
  changeTicket(instrument.symbol, {
    side,
    ...(ticks === null ? { type: 'market' } : {}),
    ...(ticks == null ? {} : { type: 'limit', price: priceText(instrument, ticks) }),
    ...(lots === undefined ? {} : { quantity: quantityText(instrument, lots) }),
  })
}

/** Sends the keyboard to the ticket. */
export function callTicket(symbol: string, side: Side): void {
  changeTicket(symbol, { side })
  ticket.setState(({ calls }) => ({ calls: calls + 1 }))
}

export function changeTicket(symbol: string, part: Partial<TicketForm>): void {
  ticket.setState((state) => ({ symbol, form: { ...formOf(state, symbol), ...part } }))
}

/** As nobody had touched it. */
export function resetTicket(): void {
  ticket.setState(EMPTY)
}

export function ticketFormOf(symbol: string): TicketForm {
  return formOf(ticket.getState(), symbol)
}

export function useTicketForm(symbol: string): TicketForm {
  const form = useStore(ticket, (state) => state.form)
  const whose = useStore(ticket, (state) => state.symbol)
  return whose === symbol ? form : { ...form, quantity: '', price: '' }
}

/** Rises when the keyboard is sent to the ticket. */
export function useTicketCalls(): number {
  return useStore(ticket, (state) => state.calls)
}

function formOf({ symbol: whose, form }: TicketState, symbol: string): TicketForm {
  return whose === symbol ? form : { ...form, quantity: '', price: '' }
}
