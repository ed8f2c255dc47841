import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import type { components } from '@/api/generated/market-data'
import type { Instrument } from '@/core/numbers/instrument'
import { useMarketState } from '@/shared/market/hooks'
import { useApi } from './context'
import { symbolsQuery } from './queries'

type MarketSymbol = components['schemas']['MarketSymbol']

/** Everything that is traded, by symbol, for visitors too; null while that is not known. */
export function useInstruments(): readonly Instrument[] | null {
  const queries = useQueryClient()
  const query = symbolsQuery(useApi())
  const listed = useQuery(query).data
  const hasNew = useMarketState(
    ({ tickers }) => listed !== undefined && tickers.size > listed.length,
  )
  useEffect(() => {
    // A ticker of a symbol that is not in the list: it was listed since.
    if (hasNew)
      void queries.invalidateQueries({ queryKey: query.queryKey }, { cancelRefetch: false })
  }, [hasNew, queries, query.queryKey])
  return useMemo(() => listed?.map(instrumentOf) ?? null, [listed])
}

function instrumentOf(listed: MarketSymbol): Instrument {
  return {
    symbol: listed.symbol,
    name: listed.name,
    assetClass: listed.asset_class === 'crypto' ? 'crypto' : 'us_equity',
    fractionable: listed.fractionable,
    tickSize: listed.tick_size,
    lotSize: listed.lot_size,
  }
}
