import { ManualFrames, ManualSocket } from '../stream/manual'
import { ManualTime } from '../time/manual'
import type { TradingApi } from './api'
import type { Account, Position } from './documents'
import type { Order } from './order'
import { localProblem } from './problem'
import type { TradingState } from './state'
import { anOrder } from './testing'
import { createTrading, type TradingOptions } from './trading'
import type { UndecidedStorage } from './undecided'

/** What the platform holds in a test, and how it answers. Each answer can be replaced. */
export interface ManualPlatform extends TradingApi {
  account(): Promise<Account>
  readonly calls: string[]
  readonly orders: Map<string, Order>
  held: Position[]
  cash: Account
}

function manualPlatform(replaced: Partial<TradingApi>): ManualPlatform {
  const calls: string[] = []
  const orders = new Map<string, Order>()
  const platform: ManualPlatform = {
    calls,
    orders,
    held: [],
    cash: { cash: '100000', equity: '100000', buyingPower: '100000', mayTrade: true },
    place: (terms, clientOrderId) => {
      calls.push(`place ${clientOrderId}`)
      const order = anOrder({ ...terms, id: `order-${orders.size + 1}`, clientOrderId })
      orders.set(order.id, order)
      return Promise.resolve({ kind: 'placed', order })
    },
    look: (clientOrderId) => {
      calls.push(`look ${clientOrderId}`)
      const order = [...orders.values()].find((each) => each.clientOrderId === clientOrderId)
      return Promise.resolve(order === undefined ? { kind: 'absent' } : { kind: 'found', order })
    },
    replace: (id, change, clientOrderId) => {
      calls.push(`replace ${id} ${JSON.stringify(change)}`)
      const old = orders.get(id)
      const terms = {
        limitPrice: old?.limitPrice ?? null,
        quantity: old?.quantity ?? null,
        ...change,
      }
      const order = anOrder({ ...old, ...terms, id: `${id}'`, clientOrderId, replaces: id })
      orders.set(order.id, order)
      return Promise.resolve({ kind: 'taken', order })
    },
    cancel: (id) => {
      calls.push(`cancel ${id}`)
      return Promise.resolve({ kind: 'done' })
    },
    cancelAll: () => {
      calls.push('cancel all')
      return Promise.resolve({ kind: 'answered', rows: [] })
    },
    order: (id) => {
      calls.push(`order ${id}`)
      return Promise.resolve(orders.get(id) ?? null)
    },
    openOrders: () => Promise.resolve([...orders.values()]),
    closedOrders: () => Promise.resolve({ items: [], next: null }),
    activities: () => Promise.resolve({ items: [], next: null }),
    positions: () => {
      calls.push('positions')
      return Promise.resolve(platform.held)
    },
    account: () => Promise.resolve(platform.cash),
    problemOf: (error) => localProblem('no_answer', String(error)),
    ...replaced,
  }
  return platform
}

/** Trading whose platform, stream, names, frames, storage and time a test plays. */
export function manualTrading(
  replaced: Partial<TradingApi> = {},
  { storage = manualStorage(), userId = 'ada' } = {},
) {
  const time = new ManualTime()
  const frames = new ManualFrames()
  const sockets: ManualSocket[] = []
  const reports: string[] = []
  const platform = manualPlatform(replaced)
  let names = 0
  const options: TradingOptions = {
    api: platform,
    address: () => Promise.resolve('ws://trading.test/stream'),
    storage,
    newId: () => `name-${(names += 1)}`,
    openSocket: (address) => {
      const socket = new ManualSocket(address)
      sockets.push(socket)
      return socket
    },
    scheduleFrame: frames.schedule,
    clock: time,
    timers: time,
    random: () => 0.5,
    report: (problem) => reports.push(problem),
  }
  const trading = createTrading(userId, options)
  return {
    trading,
    options,
    platform,
    time,
    frames,
    storage,
    reports,
    sockets,
    get state(): TradingState {
      return trading.store.getState()
    },
    /** The server's end of the newest connection. */
    get server(): ManualSocket {
      const socket = sockets.at(-1)
      if (socket === undefined) throw new Error('nobody connected')
      return socket
    },
    /** The stream stands and listens. */
    listens(): void {
      this.server.accept()
      this.server.deliver(LISTENING)
    },
    update(
      eventId: number,
      order: Order,
      fill?: { id: string; quantity: string; price: string; after: string },
      event?: string,
    ): void {
      this.server.deliver(updateText(eventId, order, fill, event))
    },
  }
}

/** A tab's storage, which outlives its pages. */
export function manualStorage(): UndecidedStorage {
  const held = new Map<string, string>()
  return {
    getItem: (key) => held.get(key) ?? null,
    setItem: (key, value) => void held.set(key, value),
    removeItem: (key) => void held.delete(key),
  }
}

export type ManualTrading = ReturnType<typeof manualTrading>

/** Everything that waits for an answer that is there has gone on. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
}

const LISTENING = JSON.stringify({ stream: 'listening', data: { streams: ['trade_updates'] } })

function updateText(
  eventId: number,
  order: Order,
  fill?: { id: string; quantity: string; price: string; after: string },
  event: string = order.status,
): string {
  const execution =
    fill === undefined
      ? {}
      : {
          execution_id: fill.id,
          qty: fill.quantity,
          price: fill.price,
          position_qty: fill.after,
        }
  const data = {
    event,
    event_id: String(eventId),
    timestamp: order.updatedAt,
    order: orderDocument(order),
    ...execution,
  }
  return JSON.stringify({ stream: 'trade_updates', data })
}

/** An order as the platform writes it. */
export function orderDocument(order: Order): Record<string, unknown> {
  return {
    id: order.id,
    client_order_id: order.clientOrderId,
    symbol: order.symbol,
    side: order.side,
    type: order.type,
    time_in_force: order.timeInForce === 'gtd' ? 'gtc' : order.timeInForce,
    qty: order.quantity,
    notional: order.notional,
    limit_price: order.limitPrice,
    stop_price: order.stopPrice,
    trail_price: order.trailPrice,
    trail_percent: order.trailPercent,
    order_class: order.orderClass,
    expires_at: order.expiresAt,
    display_qty: order.displayQuantity,
    minimum_qty: order.minimumQuantity,
    post_only: order.postOnly,
    self_trade_prevention: order.selfTradePrevention,
    exit: order.exit,
    parent_id: order.parentId,
    replaces: order.replaces,
    replaced_by: order.replacedBy,
    status: order.status,
    filled_qty: order.filledQuantity,
    filled_avg_price: order.averagePrice,
    reject_reason: order.rejectReason,
    submitted_at: order.submittedAt,
    updated_at: order.updatedAt,
  }
}
