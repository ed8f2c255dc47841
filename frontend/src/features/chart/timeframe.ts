/** How long one candle lasts, and how the platform's bars are asked for it. */
export interface Timeframe {
  readonly id: '1s' | '1m' | '5m' | '1h' | '1d'
  readonly seconds: number
  readonly name: string
  /** The `timeframe` of the bars API; null where candles are made from single trades. */
  readonly bars: string | null
}

export const TIMEFRAMES: readonly Timeframe[] = [
  { id: '1s', seconds: 1, name: '1 second', bars: null },
  { id: '1m', seconds: 60, name: '1 minute', bars: '1Min' },
  { id: '5m', seconds: 300, name: '5 minutes', bars: '5Min' },
  { id: '1h', seconds: 3_600, name: '1 hour', bars: '1Hour' },
  { id: '1d', seconds: 86_400, name: '1 day', bars: '1Day' },
]

export const DEFAULT_TIMEFRAME: Timeframe['id'] = '1m'

export function timeframeOf(id: Timeframe['id']): Timeframe {
  const found = TIMEFRAMES.find((timeframe) => timeframe.id === id)
  if (found === undefined) throw new RangeError(`no timeframe ${id}`)
  return found
}
