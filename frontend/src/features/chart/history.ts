import { useQuery } from '@tanstack/react-query'
import { bodyOf, type Api } from '@/api/client'
import {
  type Increments,
  parsePrice,
  parseQuantity,
  priceDecimals,
  quantityDecimals,
} from '@/core/numbers/instrument'
import { useApi } from '@/shared/api/context'
import type { Candle, Print } from './candles'
import type { Timeframe } from './timeframe'

const CANDLES = 600
const TRADES = 2_000
const LONG_AGO = '1971-01-01'

/** What the platform knew when it was asked; see `continued` and `mergedTrades` for how the stream goes on. */
export interface History {
  readonly candles: readonly Candle[]
  /** The minutes of the candle that was forming. */
  readonly minutes: readonly Candle[]
  /** For candles shorter than a minute. */
  readonly trades: readonly Print[]
}

/**
 * Reads the past of a symbol, again with each `epoch`: a new one begins where something may not have been heard.
 * Until it is read the picture of the epoch before stays.
 */
export function useHistory(
  instrument: Increments | null,
  timeframe: Timeframe,
  epoch: number,
  nowS: () => number,
) {
  const api = useApi()
  const subject = `${instrument?.symbol ?? ''} ${timeframe.id}`
  return useQuery({
    queryKey: ['chart', subject, epoch],
    enabled: instrument !== null,
    staleTime: Infinity,
    gcTime: 0,
    placeholderData: (previous: History | undefined, query) =>
      query?.queryKey[1] === subject ? previous : undefined,
    queryFn: ({ signal }): Promise<History> => {
      if (instrument === null) throw new Error('disabled without an instrument')
      return timeframe.bars === null
        ? readTrades(api, instrument, signal)
        : readBars(api, instrument, timeframe, nowS(), signal)
    },
  })
}

async function readBars(
  api: Api,
  instrument: Increments,
  { bars, seconds }: Timeframe,
  nowS: number,
  signal: AbortSignal,
): Promise<History> {
  const forming = nowS - (nowS % seconds)
  const read = async (timeframe: string, start: string) => {
    const answer = await bodyOf(
      api.marketData.GET('/v2/stocks/{symbol}/bars', {
        params: {
          path: { symbol: instrument.symbol },
          query: { timeframe, start, limit: CANDLES, sort: 'desc' },
        },
        signal,
      }),
    )
    return rows(answer, 'bars')
      .map((row) => candleOf(instrument, row))
      .reverse()
  }
  const [candles, minutes] = await Promise.all([
    read(bars ?? '1Min', LONG_AGO),
    seconds === 60 ? [] : read('1Min', new Date(forming * 1000).toISOString()),
  ])
  return { candles, minutes, trades: [] }
}

async function readTrades(api: Api, instrument: Increments, signal: AbortSignal): Promise<History> {
  const answer = await bodyOf(
    api.marketData.GET('/v2/stocks/{symbol}/trades', {
      params: {
        path: { symbol: instrument.symbol },
        query: { start: LONG_AGO, limit: TRADES, sort: 'desc' },
      },
      signal,
    }),
  )
  const trades = rows(answer, 'trades')
    .map((row): Print => ({
      id: Number(row['i']),
      ticks: ticksOf(instrument, row['p']),
      lots: lotsOf(instrument, row['s']),
      timeUs: Date.parse(String(row['t'])) * 1000,
    }))
    .reverse()
  return { candles: [], minutes: [], trades }
}

function rows(answer: unknown, key: string): Record<string, unknown>[] {
  const list = (answer as Record<string, unknown> | null)?.[key]
  if (!Array.isArray(list)) throw new Error(`the market data service answered without ${key}`)
  return list as Record<string, unknown>[]
}

function candleOf(instrument: Increments, row: Record<string, unknown>): Candle {
  return {
    startS: Date.parse(String(row['t'])) / 1000,
    open: ticksOf(instrument, row['o']),
    high: ticksOf(instrument, row['h']),
    low: ticksOf(instrument, row['l']),
    close: ticksOf(instrument, row['c']),
    volume: lotsOf(instrument, row['v']),
  }
}

/** Alpaca's prices are JSON numbers; written out with the instrument's decimals they are exact again. */
function ticksOf(instrument: Increments, value: unknown): number {
  return counted(parsePrice(instrument, Number(value).toFixed(priceDecimals(instrument))))
}

function lotsOf(instrument: Increments, value: unknown): number {
  return counted(parseQuantity(instrument, Number(value).toFixed(quantityDecimals(instrument))))
}

function counted(parsed: ReturnType<typeof parsePrice>): number {
  if (!parsed.ok) throw new Error(parsed.problem)
  return parsed.value
}
