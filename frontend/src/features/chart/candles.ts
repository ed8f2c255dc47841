import type { Bar, Trade } from '@/core/market/state'

/** One candle. `startS` in seconds since the Unix epoch; prices in ticks, volume in lots. */
export interface Candle {
  readonly startS: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}

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
export function fromTrades(trades: readonly Trade[], seconds: number): Candle[] {
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

/** Trades that were read and trades that were heard, each once, oldest first. */
export function mergedTrades(fetched: readonly Trade[], heard: readonly Trade[]): Trade[] {
  const from = heard[0]?.id ?? Infinity
  return [...fetched.filter((trade) => trade.id < from), ...heard]
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
