import { createStore, type StoreApi } from 'zustand/vanilla'
import { uuid } from '../ids/uuid'
import { browserFrames, type FrameScheduler } from '../stream/frames'
import type { WakeSource, WebSocketLike } from '../stream/socket'
import { type Clock, systemClock, systemTimers, type Timers } from '../time/clock'
import type { TradingApi } from './api'
import { Canceling } from './canceling'
import type { TradeUpdate } from './documents'
import { Lists } from './lists'
import type { Order } from './order'
import {
  endedUnheard,
  openIds,
  withAccount,
  withOrders,
  withoutEvents,
  withoutOrder,
  withPositions,
  withUpdate,
} from './records'
import { Refresher } from './refresher'
import { Replacing } from './replacing'
import { INITIAL_STATE, type ListName, type TradingState } from './state'
import { Submitting } from './submitting'
import type { OrderRequest, Replacement } from './terms'
import { Undecided, type UndecidedStorage } from './undecided'
import { UpdatesStream } from './updatesStream'

export interface TradingOptions {
  readonly api: TradingApi
  /** The address of `/stream` with a fresh ticket. */
  readonly address: () => Promise<string>
  /** Where this tab keeps what was sent and is not decided. */
  readonly storage?: UndecidedStorage
  readonly newId?: () => string
  readonly openSocket?: (address: string) => WebSocketLike
  readonly scheduleFrame?: FrameScheduler
  readonly clock?: Clock
  readonly timers?: Timers
  readonly random?: () => number
  readonly wake?: WakeSource
  readonly report?: (problem: string) => void
}

/** One trader's side of the platform, as one store, and what the trader can do. */
export interface Trading {
  readonly store: StoreApi<TradingState>
  /** What the ticket holds now, complete and in order; null while it is not. Names it before it can be sent. */
  prepare(terms: OrderRequest | null): void
  /** Sends what was prepared. Whatever is pressed how often: one intent is one order at most. */
  submit(): void
  /** Asks for other terms of an open order: another order takes its place. */
  replace(orderId: string, change: Replacement): void
  cancel(orderId: string): void
  cancelAll(): void
  /** The next page of a list; the first one when nothing was loaded. */
  loadMore(list: ListName): void
  /** All pages of a list. Rejects when one cannot be had. */
  loadAll(list: ListName): Promise<void>
  /** Asks for everything again that may have changed elsewhere. */
  refresh(): void
  close(): void
}

const MONEY_PAUSE_MS = 1_500
const ORDERS_PAUSE_MS = 1_500
/** How often everything is asked for while no updates are heard. */
const POLL_MS = 5_000

/**
 * Loads the account of a user, listens to its updates, and keeps the store true. Lives as long as they are signed
 * in.
 */
export function createTrading(userId: string, options: TradingOptions): Trading {
  const trading = new LiveTrading(userId, options)
  trading.start()
  return trading
}

class LiveTrading implements Trading {
  readonly store = createStore<TradingState>(() => INITIAL_STATE)
  private state: TradingState = INITIAL_STATE
  private readonly api: TradingApi
  private readonly timers: Timers
  private readonly scheduleFrame: FrameScheduler
  private readonly report: (problem: string) => void
  private readonly stream: UpdatesStream
  private readonly money: Refresher
  private readonly orders: Refresher
  private readonly canceling: Canceling
  private readonly replacing: Replacing
  private readonly lists: Lists
  private readonly submitting: Submitting
  private readonly waiting = new Set<number>()
  private cancelFrame: (() => void) | null = null
  private closed = false

  constructor(userId: string, options: TradingOptions) {
    const { api, clock = systemClock, timers = systemTimers, report = () => undefined } = options
    this.api = api
    this.timers = timers
    this.scheduleFrame = options.scheduleFrame ?? browserFrames
    this.report = report
    const host = {
      api,
      clock,
      state: () => this.state,
      change: (part: Partial<TradingState>) => this.change(part),
      hear: (orders: readonly Order[]) => this.hear(orders),
      later: (action: () => void, afterMs: number) => this.later(action, afterMs),
    }
    this.submitting = new Submitting(
      host,
      new Undecided(options.storage ?? sessionStorage, userId, report),
      options.newId ?? uuid,
      () => this.money.request(),
    )
    this.canceling = new Canceling(host)
    this.replacing = new Replacing(host, options.newId ?? uuid, () => this.money.request())
    this.lists = new Lists(host)
    this.money = new Refresher(() => this.askMoney(), MONEY_PAUSE_MS, clock, timers)
    this.orders = new Refresher(() => this.askOrders(), ORDERS_PAUSE_MS, clock, timers)
    this.stream = new UpdatesStream({
      ...options,
      clock,
      timers,
      report,
      after: () => this.state.records.lastEventId,
      onUpdate: (update) => this.hearUpdate(update),
      onListening: () => this.refresh(),
      onReset: () => this.change({ records: withoutEvents(this.state.records) }),
      onLive: (live) => this.change({ live }),
    })
  }

  start(): void {
    this.submitting.restore()
    this.stream.start()
    this.refresh()
    this.loadMore('fills')
    this.poll()
  }

  prepare(terms: OrderRequest | null): void {
    this.submitting.prepare(terms)
  }

  submit(): void {
    this.submitting.submit()
  }

  replace(orderId: string, change: Replacement): void {
    void this.replacing.one(orderId, change)
  }

  cancel(orderId: string): void {
    void this.canceling.one(orderId)
  }

  cancelAll(): void {
    void this.canceling.all()
  }

  loadMore(list: ListName): void {
    void this.lists.more(list)
  }

  loadAll(list: ListName): Promise<void> {
    return this.lists.all(list)
  }

  refresh(): void {
    this.money.request()
    this.orders.request()
    this.lists.refreshHeads()
  }

  close(): void {
    this.closed = true
    this.submitting.stop()
    this.stream.close()
    this.money.stop()
    this.orders.stop()
    for (const timer of this.waiting) this.timers.clear(timer)
    this.cancelFrame?.()
  }

  private hearUpdate(update: TradeUpdate): void {
    const [records, how] = withUpdate(this.state.records, update)
    if (how === 'gap') {
      this.report(`trade update ${update.eventId} came too early`)
      this.stream.resume()
    }
    if (how !== 'applied') return
    this.state = { ...this.state, records }
    this.settle([update.order])
    if (update.event === 'order_cancel_rejected') this.canceling.rejected(update.order.id)
    this.publishSoon()
    this.money.request()
  }

  /** Orders as the platform shows them, from wherever. */
  private hear(orders: readonly Order[]): void {
    this.change({ records: withOrders(this.state.records, orders) })
    this.settle(orders)
  }

  /** What orders say about what was sent and is not known, and about cancels and replacements under way. */
  private settle(orders: readonly Order[]): void {
    this.submitting.settle(orders)
    this.canceling.settle()
    this.replacing.settle()
  }

  private async askMoney(): Promise<void> {
    const askedAt = this.state.records.heard
    try {
      const [positions, account] = await Promise.all([this.api.positions(), this.api.account()])
      if (this.closed) return
      const [records, behind] = withPositions(
        withAccount(this.state.records, account),
        positions,
        askedAt,
      )
      this.change({ records, phase: 'ready', problem: null })
      if (behind) this.money.request()
    } catch (error) {
      this.failed(error, this.money)
    }
  }

  private async askOrders(): Promise<void> {
    const openWhenAsked = openIds(this.state.records)
    try {
      const open = await this.api.openOrders()
      if (this.closed) return
      this.hear(open)
      for (const id of endedUnheard(this.state.records, openWhenAsked, open)) {
        const order = await this.api.order(id)
        if (order !== null) this.hear([order])
        else this.change({ records: withoutOrder(this.state.records, id) })
      }
    } catch (error) {
      this.failed(error, this.orders)
    }
  }

  private failed(error: unknown, refresher: Refresher): void {
    if (this.closed) return
    const problem = this.api.problemOf(error)
    this.report(`the account cannot be read: ${problem.message}`)
    if (this.state.phase !== 'ready') this.change({ phase: 'failed', problem })
    this.later(() => refresher.request(), POLL_MS)
  }

  private poll(): void {
    this.later(() => {
      if (!this.state.live) this.refresh()
      this.poll()
    }, POLL_MS)
  }

  private later(action: () => void, afterMs: number): void {
    const timer = this.timers.set(() => {
      this.waiting.delete(timer)
      if (!this.closed) action()
    }, afterMs)
    this.waiting.add(timer)
  }

  private change(part: Partial<TradingState>): void {
    if (this.closed) return
    this.state = { ...this.state, ...part }
    this.cancelFrame?.()
    this.cancelFrame = null
    this.store.setState(this.state, true)
  }

  /** Updates may come in bursts: they show once a frame. */
  private publishSoon(): void {
    this.cancelFrame ??= this.scheduleFrame(() => {
      this.cancelFrame = null
      this.change({})
    })
  }
}
