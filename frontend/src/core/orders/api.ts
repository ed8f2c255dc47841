import type { CancelAnswer } from './cancels'
import type { Account, Activity, Position } from './documents'
import type { Order } from './order'
import type { Problem } from './problem'
import type { ReplaceAnswer } from './replaces'
import type { Answer, Look } from './submission'
import type { OrderRequest, Replacement } from './terms'

/** One page of a list, newest first, and where the next one begins; null: there is none. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly next: string | null
}

export type CancelAllAnswer =
  | {
      readonly kind: 'answered'
      readonly rows: readonly { readonly id: string; readonly answer: CancelAnswer }[]
    }
  | { readonly kind: 'refused' | 'lost'; readonly problem: Problem }

/**
 * What trading asks of the platform. Writes answer what is known about them and never reject; reads reject.
 */
export interface TradingApi {
  place(terms: OrderRequest, clientOrderId: string): Promise<Answer>
  look(clientOrderId: string): Promise<Look>
  /** `clientOrderId` names the new order. */
  replace(orderId: string, change: Replacement, clientOrderId: string): Promise<ReplaceAnswer>
  cancel(orderId: string): Promise<CancelAnswer>
  cancelAll(): Promise<CancelAllAnswer>
  /** Null when the platform has no such order. */
  order(id: string): Promise<Order | null>
  /** All of them. */
  openOrders(): Promise<readonly Order[]>
  closedOrders(after: string | null, size: number): Promise<Page<Order>>
  activities(which: 'fills' | 'all', after: string | null, size: number): Promise<Page<Activity>>
  positions(): Promise<readonly Position[]>
  account(): Promise<Account>
  problemOf(error: unknown): Problem
}
