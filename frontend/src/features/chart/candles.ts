import { type Bar, type Trade, TRADES_KEPT } from '@/core/market/state'

/** One candle. `startS` in seconds since the Unix epoch; prices in ticks, volume in lots. */
export type Candle = Omit<Bar, 'trades'>

/** What a candle needs to know of a trade. */
export type Print = Pick<Trade, 'id' | 'ticks' | 'lots' | 'timeUs'>

/** Adds candles up to longer ones; `candles` oldest first. Days begin at midnight UTC, as everywhere here. */
export function rollUp(candles: readonly Candle[], seconds: number): Candle[] {
  const rolled: Candle[] = []
  for (const candle of candles) {
    const startS = candle.startS - (candle.startS % seconds)
    const last = rolled.at(-1)
    if (last?.startS === startS) rolled[rolled.length - 1] = joined(last, candle)
    else rolled.push({ ...onlyCandle(candle), startS })
  }
  return rolled
}

/** Candles of `seconds` from single trades, oldest first. */
export function fromTrades(trades: readonly Print[], seconds: number): Candle[] {
  return rollUp(
    trades.map((trade) => ({
      startS: Math.floor(trade.timeUs / 1_000_000),
      open: trade.ticks,
      high: trade.ticks,
      low: trade.ticks,
      close: trade.ticks,
      volume: trade.lots,
    })),
    seconds,
  )
}

/**
 * History, continued by minutes. All oldest first.
 *
 * `fetched` are the minutes of the candle that was forming when they were read, from its first one on; `heard`
 * came by the stream since. A minute in both is the stream's: that is newer, and always whole. So the candle
 * in which history and stream meet is added up from minutes, and nothing counts twice.
 */
export function continued(
  history: readonly Candle[],
  fetched: readonly Candle[],
  heard: readonly Bar[],
  seconds: number,
): Candle[] {
  const minutes = new Map(fetched.map((minute) => [minute.startS, minute]))
  for (const minute of heard) minutes.set(minute.startS, onlyCandle(minute))
  const recent = rollUp(
    [...minutes.values()].sort((one, other) => one.startS - other.startS),
    seconds,
  )
  const from = recent[0]?.startS ?? Infinity
  return [...history.filter((candle) => candle.startS < from), ...recent]
}

/** Trades without a hole, oldest first; `whole` turns false when one has opened. */
export interface Log {
  readonly trades: readonly Print[]
  readonly whole: boolean
}

/** Older trades are of no use to candles this short. */
const LOGGED = 20_000

/**
 * The log, continued by what is heard: the newest `TRADES_KEPT` trades. When more than that came at once, some
 * were never among them, and the history has to be read again.
 */
export function extended(log: Log, heard: readonly Print[]): Log {
  const last = log.trades.at(-1)?.id ?? 0
  const fresh = heard.filter((trade) => trade.id > last)
  if (fresh.length === 0) return log
  const meets = fresh.length < heard.length || heard.length < TRADES_KEPT
  return { trades: [...log.trades, ...fresh].slice(-LOGGED), whole: log.whole && meets }
}

function joined(earlier: Candle, later: Candle): Candle {
  return {
    startS: earlier.startS,
    open: earlier.open,
    high: Math.max(earlier.high, later.high),
    low: Math.min(earlier.low, later.low),
    close: later.close,
    volume: earlier.volume + later.volume,
  }
}

function onlyCandle({ startS, open, high, low, close, volume }: Candle): Candle {
  return { startS, open, high, low, close, volume }
}
