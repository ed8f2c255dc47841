import { ManualFrames, ManualSocket } from '../stream/manual'
import { ManualTime } from '../time/manual'
import { createMarket } from './market'

/** A market whose server, frames and time a test plays. */
export function manualMarket() {
  const time = new ManualTime()
  const frames = new ManualFrames()
  const sockets: ManualSocket[] = []
  const reports: string[] = []
  const market = createMarket({
    address: () => 'ws://market.test/v1/stream/market',
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
  })
  return {
    market,
    time,
    frames,
    sockets,
    reports,
    /** The server's end of the newest connection. */
    get server(): ManualSocket {
      const socket = sockets.at(-1)
      if (socket === undefined) throw new Error('nobody connected')
      return socket
    },
    get state() {
      return market.store.getState()
    },
  }
}

export type ManualMarket = ReturnType<typeof manualMarket>

export const BOOK = { sequence: 10, bids: [[100, 5, 1]], asks: [[102, 5, 1]] } as const

/** A market with a live book of ACME, painted. */
export function liveMarket(): ManualMarket {
  const client = manualMarket()
  client.market.watch('ACME')
  client.server.accept()
  client.server.tell(heartbeatOf(true), subscribed(), tradesOf([], true), snapshotOf(BOOK))
  client.frames.paint()
  return client
}

/** The answer to one change of what is subscribed. */
export function subscribed() {
  return { type: 'subscribed', channels: {} }
}

type WireLevel = readonly [ticks: number, lots: number, orders: number]

interface WireBook {
  readonly symbol?: string
  readonly sequence: number
  readonly bids?: readonly WireLevel[]
  readonly asks?: readonly WireLevel[]
}

const TIME_US = 1_790_000_000_000_000

export function snapshotOf({ symbol = 'ACME', sequence, bids = [], asks = [] }: WireBook) {
  return {
    type: 'snapshot',
    symbol,
    tick_size: '0.01',
    lot_size: '1',
    sequence,
    time_us: TIME_US + sequence,
    bids,
    asks,
  }
}

export function deltaOf(book: WireBook & { readonly previous: number }) {
  const { symbol = 'ACME', previous, sequence, bids = [], asks = [] } = book
  return { type: 'delta', symbol, previous, sequence, time_us: TIME_US + sequence, bids, asks }
}

export function heartbeatOf(live: boolean, sequence = 1) {
  return { type: 'heartbeat', sequence, time_us: TIME_US, live }
}

type WireTrade = readonly [id: number, ticks: number, lots: number, side: string, timeUs: number]

export function tradesOf(trades: readonly WireTrade[], recent = false, symbol = 'ACME') {
  return { type: recent ? 'recent_trades' : 'trades', symbol, trades }
}

export function barOf(startS: number, close: number, final: boolean, symbol = 'ACME') {
  return { type: 'bar', symbol, bar: [startS, close, close, close, close, 10, 1], final }
}

export function tickerOf(symbol: string, last: number | null, sequence = 1) {
  return {
    type: 'ticker',
    symbol,
    tick_size: '0.01',
    lot_size: '1',
    sequence,
    time_us: TIME_US,
    bid: last === null ? null : [last - 1, 5],
    ask: last === null ? null : [last + 1, 5],
    last_ticks: last,
    open_ticks: last,
    high_ticks: last,
    low_ticks: last,
    volume_lots: last === null ? null : 10,
  }
}
