import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { type Increments, priceText, quantityText } from '@/core/numbers/instrument'
import type { Side } from '@/core/market/state'
import type { OrderType, PostOnly, SelfTradePrevention, TimeInForce } from '@/core/orders/terms'

/** What kind of order is written. `oco`: a take profit and a stop loss for what one has, of which one cancels the other. */
export type TicketType = OrderType | 'oco'

/** What stands in fields of text. It belongs to a symbol: another one's ticket starts without. */
export interface TicketTexts {
  readonly quantity: string
  /** Cash to spend or to get, instead of a quantity. */
  readonly amount: string
  readonly price: string
  readonly stop: string
  readonly trail: string
  readonly takeProfit: string
  readonly stopLoss: string
  readonly stopLossLimit: string
  /** Local date and time, as the browser's field for them has it. */
  readonly expiresAt: string
  readonly display: string
  readonly minimum: string
}

/** What the ticket's fields hold, as it was typed. */
export interface TicketForm extends TicketTexts {
  readonly side: Side
  readonly type: TicketType
  readonly timeInForce: TimeInForce
  readonly sizeBy: 'quantity' | 'amount'
  readonly trailBy: 'price' | 'percent'
  /** The order is the entry of a bracket. */
  readonly hasExits: boolean
  readonly postOnly: PostOnly | ''
  readonly selfTrade: SelfTradePrevention | ''
}

interface TicketState {
  /** Whose texts these are. */
  readonly symbol: string | null
  readonly form: TicketForm
  /** Counts the times that the keyboard was sent to the ticket. */
  readonly calls: number
}

export const NO_TEXTS: TicketTexts = {
  quantity: '',
  amount: '',
  price: '',
  stop: '',
  trail: '',
  takeProfit: '',
  stopLoss: '',
  stopLossLimit: '',
  expiresAt: '',
  display: '',
  minimum: '',
}

export const NEW_TICKET: TicketForm = {
  ...NO_TEXTS,
  side: 'buy',
  type: 'limit',
  timeInForce: 'day',
  sizeBy: 'quantity',
  trailBy: 'price',
  hasExits: false,
  postOnly: '',
  selfTrade: '',
}

const EMPTY: TicketState = { symbol: null, form: NEW_TICKET, calls: 0 }

/** Outside of the panel: other panels fill it, and on a phone it comes and goes. */
const ticket = createStore<TicketState>(() => EMPTY)

export interface TicketFill {
  readonly instrument: Increments
  readonly side: Side
  /** A limit price. Null: a market order. Absent: the ticket keeps its own. */
  readonly ticks?: number | null
  /** Absent: the ticket keeps its own. */
  readonly lots?: number
  /** Absent: a limit or market order. */
  readonly type?: TicketType
}

/** Fills the ticket, from the ladder or a position. Nothing is sent. */
export function fillTicket({ instrument, side, ticks, lots, type }: TicketFill): void {
  changeTicket(instrument.symbol, {
    side,
    ...(ticks === null ? { type: 'market' } : {}),
    ...(ticks == null ? {} : { type: 'limit', price: priceText(instrument, ticks) }),
    ...(lots === undefined ? {} : { sizeBy: 'quantity', quantity: quantityText(instrument, lots) }),
    ...(type === undefined ? {} : { type }),
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
  return whose === symbol ? form : { ...form, ...NO_TEXTS }
}

/** Rises when the keyboard is sent to the ticket. */
export function useTicketCalls(): number {
  return useStore(ticket, (state) => state.calls)
}

function formOf({ symbol: whose, form }: TicketState, symbol: string): TicketForm {
  return whose === symbol ? form : { ...form, ...NO_TEXTS }
}
