import type { Clock } from '../time/clock'
import type { TradingApi } from './api'
import type { Order } from './order'
import type { TradingState } from './state'

/** What the parts of trading share: the state, its one writer, and time. */
export interface Host {
  readonly api: TradingApi
  readonly clock: Clock
  state(): TradingState
  change(part: Partial<TradingState>): void
  hear(orders: readonly Order[]): void
  later(action: () => void, afterMs: number): void
}
