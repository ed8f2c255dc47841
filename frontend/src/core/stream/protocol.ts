import type { Bar, Level, Side, Ticker, Trade } from '../market/state'

/** Prices of a side in a message, best first in a snapshot; `lots` 0 in a delta removes the level. */
export type LevelChanges = readonly Level[]

export interface Snapshot {
  readonly type: 'snapshot'
  readonly symbol: string
  readonly tickSize: string
  readonly lotSize: string
  readonly sequence: number
  readonly timeUs: number
  readonly bids: LevelChanges
  readonly asks: LevelChanges
}

export interface Delta {
  readonly type: 'delta'
  readonly symbol: string
  readonly previous: number
  readonly sequence: number
  readonly timeUs: number
  readonly bids: LevelChanges
  readonly asks: LevelChanges
}

/** What `/v1/stream/market` says, decoded. A `recent_trades` begins a symbol's trades, a `trades` goes on. */
export type ServerMessage =
  | { readonly type: 'welcome'; readonly logId: string; readonly intervalMs: number }
  | { readonly type: 'subscribed' }
  | Snapshot
  | Delta
  | {
      readonly type: 'recent_trades' | 'trades'
      readonly symbol: string
      readonly trades: readonly Trade[]
    }
  | { readonly type: 'bar'; readonly symbol: string; readonly bar: Bar; readonly final: boolean }
  | { readonly type: 'ticker'; readonly ticker: Ticker }
  | { readonly type: 'heartbeat'; readonly sequence: number; readonly live: boolean }
  | { readonly type: 'pong'; readonly id: number }
  | { readonly type: 'error'; readonly code: string; readonly message: string }

/** A message that breaks the contract: what is wrong, and whose it was where that can still be read. */
export interface Malformed {
  readonly problem: string
  readonly symbol: string | null
}

export interface Frame {
  readonly messages: readonly ServerMessage[]
  readonly malformed: readonly Malformed[]
}

type Fields = Record<string, unknown>

class Broken extends Error {}

/**
 * Decodes one frame, strictly: a field that is missing, of another type, or a number that is no exact integer
 * makes its message malformed. Types that are not known are skipped, so that the server may say more later.
 */
export function decodeFrame(text: string): Frame {
  const messages: ServerMessage[] = []
  const malformed: Malformed[] = []
  let frame: unknown
  try {
    frame = JSON.parse(text)
  } catch {
    return { messages, malformed: [{ problem: 'a frame that is not JSON', symbol: null }] }
  }
  if (!Array.isArray(frame)) {
    return { messages, malformed: [{ problem: 'a frame that is no array', symbol: null }] }
  }
  for (const entry of frame as unknown[]) {
    try {
      const message = decode(entry)
      if (message !== null) messages.push(message)
    } catch (error) {
      if (!(error instanceof Broken)) throw error
      malformed.push({ problem: error.message, symbol: symbolOf(entry) })
    }
  }
  return { messages, malformed }
}

function decode(entry: unknown): ServerMessage | null {
  if (typeof entry !== 'object' || entry === null) throw new Broken('a message that is no object')
  const fields = entry as Fields
  switch (fields['type']) {
    case 'delta':
      return delta(fields)
    case 'trades':
    case 'recent_trades':
      return { type: fields['type'], symbol: text(fields, 'symbol'), trades: trades(fields) }
    case 'ticker':
      return { type: 'ticker', ticker: ticker(fields) }
    case 'bar':
      return {
        type: 'bar',
        symbol: text(fields, 'symbol'),
        bar: bar(fields['bar']),
        final: flag(fields, 'final'),
      }
    case 'heartbeat':
      return { type: 'heartbeat', sequence: count(fields, 'sequence'), live: flag(fields, 'live') }
    case 'pong':
      return { type: 'pong', id: count(fields, 'id') }
    case 'snapshot':
      return snapshot(fields)
    case 'subscribed':
      return { type: 'subscribed' }
    case 'welcome':
      return {
        type: 'welcome',
        logId: text(fields, 'log_id'),
        intervalMs: count(fields, 'interval_ms'),
      }
    case 'error':
      return { type: 'error', code: text(fields, 'code'), message: text(fields, 'message') }
    default:
      if (typeof fields['type'] !== 'string') throw new Broken('a message without a type')
      return null
  }
}

function snapshot(fields: Fields): Snapshot {
  const bids = levels(fields, 'bids', 1)
  const asks = levels(fields, 'asks', 1)
  for (let at = 1; at < bids.length; at += 1) {
    if (ticksAt(bids, at - 1) <= ticksAt(bids, at)) throw new Broken('snapshot: bids out of order')
  }
  for (let at = 1; at < asks.length; at += 1) {
    if (ticksAt(asks, at - 1) >= ticksAt(asks, at)) throw new Broken('snapshot: asks out of order')
  }
  return {
    type: 'snapshot',
    symbol: text(fields, 'symbol'),
    tickSize: increment(fields, 'tick_size'),
    lotSize: increment(fields, 'lot_size'),
    sequence: count(fields, 'sequence'),
    timeUs: count(fields, 'time_us'),
    bids,
    asks,
  }
}

function delta(fields: Fields): Delta {
  return {
    type: 'delta',
    symbol: text(fields, 'symbol'),
    previous: count(fields, 'previous'),
    sequence: count(fields, 'sequence'),
    timeUs: count(fields, 'time_us'),
    bids: levels(fields, 'bids', 0),
    asks: levels(fields, 'asks', 0),
  }
}

function ticksAt(changes: LevelChanges, at: number): number {
  return (changes[at] as Level).ticks
}

function levels(fields: Fields, name: string, least: 0 | 1): LevelChanges {
  return list(fields, name).map((entry) => {
    const [ticks, lots, orders] = tuple(entry, 3, name)
    if (!isCount(ticks) || !isCount(lots) || !isCount(orders) || ticks < 1 || lots < least) {
      throw new Broken(`${name}: not a level`)
    }
    return { ticks, lots, orders }
  })
}

function trades(fields: Fields): Trade[] {
  return list(fields, 'trades').map((entry) => {
    const [id, ticks, lots, takerSide, timeUs] = tuple(entry, 5, 'trades')
    if (
      !isCount(id) ||
      !isCount(ticks) ||
      !isCount(lots) ||
      !isCount(timeUs) ||
      !isSide(takerSide)
    ) {
      throw new Broken('trades: not a trade')
    }
    return { id, ticks, lots, takerSide, timeUs }
  })
}

function bar(entry: unknown): Bar {
  const values = tuple(entry, 7, 'bar')
  if (!values.every(isCount)) throw new Broken('bar: not a bar')
  const [startS, open, high, low, close, volume, trades] = values as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  return { startS, open, high, low, close, volume, trades }
}

function ticker(fields: Fields): Ticker {
  return {
    symbol: text(fields, 'symbol'),
    tickSize: increment(fields, 'tick_size'),
    lotSize: increment(fields, 'lot_size'),
    sequence: count(fields, 'sequence'),
    timeUs: count(fields, 'time_us'),
    bid: best(fields, 'bid'),
    ask: best(fields, 'ask'),
    last: countOrNull(fields, 'last_ticks'),
    open: countOrNull(fields, 'open_ticks'),
    high: countOrNull(fields, 'high_ticks'),
    low: countOrNull(fields, 'low_ticks'),
    volume: countOrNull(fields, 'volume_lots'),
  }
}

function best(fields: Fields, name: string): Ticker['bid'] {
  if (fields[name] === null) return null
  const [ticks, lots] = tuple(fields[name], 2, name)
  if (!isCount(ticks) || !isCount(lots)) throw new Broken(`${name}: not a price and a quantity`)
  return { ticks, lots }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isSide(value: unknown): value is Side {
  return value === 'buy' || value === 'sell'
}

function count(fields: Fields, name: string): number {
  const value = fields[name]
  if (!isCount(value)) throw new Broken(`${name}: not an integer from 0 to 2^53`)
  return value
}

function countOrNull(fields: Fields, name: string): number | null {
  return fields[name] === null ? null : count(fields, name)
}

function text(fields: Fields, name: string): string {
  const value = fields[name]
  if (typeof value !== 'string') throw new Broken(`${name}: not a text`)
  return value
}

const INCREMENT = /^(?=.*[1-9])\d+(\.\d+)?$/

function increment(fields: Fields, name: string): string {
  const value = text(fields, name)
  if (!INCREMENT.test(value)) throw new Broken(`${name}: not a decimal above zero`)
  return value
}

function flag(fields: Fields, name: string): boolean {
  const value = fields[name]
  if (typeof value !== 'boolean') throw new Broken(`${name}: not true or false`)
  return value
}

function list(fields: Fields, name: string): unknown[] {
  const value = fields[name]
  if (!Array.isArray(value)) throw new Broken(`${name}: not a list`)
  return value
}

function tuple(value: unknown, length: number, name: string): unknown[] {
  if (!Array.isArray(value) || value.length !== length) {
    throw new Broken(`${name}: not a list of ${length}`)
  }
  return value
}

function symbolOf(entry: unknown): string | null {
  if (typeof entry !== 'object' || entry === null) return null
  const symbol = (entry as Fields)['symbol']
  return typeof symbol === 'string' ? symbol : null
}
