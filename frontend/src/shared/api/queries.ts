/** What several features read of the platform: one key and one function for each. */
import { queryOptions } from '@tanstack/react-query'
import { bodyOf, type Api } from '@/api/client'

export function assetsQuery(api: Api) {
  return queryOptions({
    queryKey: ['assets'],
    queryFn: ({ signal }) => bodyOf(api.trading.GET('/v2/assets', { signal })),
    staleTime: 60_000,
  })
}

/** What can be watched, by symbol. */
export function symbolsQuery(api: Api) {
  return queryOptions({
    queryKey: ['symbols'],
    queryFn: async ({ signal }) =>
      (await bodyOf(api.marketData.GET('/v1/market/symbols', { signal }))).symbols,
    staleTime: 60_000,
  })
}
