import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { bodyOf, type Api } from '@/api/client'

/** How far back the equity is shown, and in which steps. */
export const PERIODS = [
  { id: '1D', name: 'One day', timeframe: '5Min' },
  { id: '1W', name: 'One week', timeframe: '1H' },
  { id: '1M', name: 'One month', timeframe: '1D' },
  { id: '3M', name: 'Three months', timeframe: '1D' },
  { id: '1A', name: 'One year', timeframe: '1D' },
] as const
export type Period = (typeof PERIODS)[number]

export function historyQuery(api: Api, { id, timeframe }: Period) {
  return queryOptions({
    queryKey: ['portfolio-history', id],
    queryFn: ({ signal }) =>
      bodyOf(
        api.trading.GET('/v2/account/portfolio/history', {
          params: { query: { period: id, timeframe, intraday_reporting: 'continuous' } },
          signal,
        }),
      ),
    staleTime: 30_000,
  })
}

export function statementsQuery(api: Api) {
  return infiniteQueryOptions({
    queryKey: ['statements'],
    initialPageParam: null as string | null,
    queryFn: ({ signal, pageParam }) =>
      bodyOf(
        api.trading.GET('/v1/account/statements', {
          params: { query: { limit: 30, ...(pageParam === null ? {} : { cursor: pageParam }) } },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor ?? null,
  })
}

export function configurationsQuery(api: Api) {
  return queryOptions({
    queryKey: ['configurations'],
    queryFn: ({ signal }) => bodyOf(api.trading.GET('/v2/account/configurations', { signal })),
  })
}
