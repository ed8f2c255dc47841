import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { components } from '@/api/generated/trading'
import type { Instrument } from '@/core/numbers/instrument'
import { useMarket } from '@/shared/market/context'
import { useMarketState } from '@/shared/market/hooks'
import { useUser } from '@/shared/session/context'
import { useApi } from './context'
import { assetsQuery } from './queries'

type Asset = components['schemas']['AssetDocument']

/**
 * Everything that is traded, by symbol; null while that is not known. Visitors learn it from the tickers, which
 * have no names.
 */
export function useInstruments(): readonly Instrument[] | null {
  const api = useApi()
  const isSignedIn = useUser() !== null
  const assets = useQuery({ ...assetsQuery(api), enabled: isSignedIn }).data
  const symbols = useMarketState((state) => [...state.tickers.keys()].sort().join(' '))
  const market = useMarket()
  return useMemo(() => {
    if (assets !== undefined) return assets.map(instrumentOf).sort(bySymbol)
    if (symbols === '') return null
    // Increments never change, so which symbols there are is all that matters of the tickers.
    const { tickers } = market.store.getState()
    return symbols.split(' ').flatMap((symbol) => {
      const ticker = tickers.get(symbol)
      if (ticker === undefined) return []
      const { tickSize, lotSize } = ticker
      return [
        { symbol, name: '', assetClass: 'us_equity', fractionable: false, tickSize, lotSize },
      ] satisfies Instrument[]
    })
  }, [assets, symbols, market])
}

export function instrumentOf(asset: Asset): Instrument {
  return {
    symbol: asset.symbol,
    name: asset.name,
    assetClass: asset.class === 'crypto' ? 'crypto' : 'us_equity',
    fractionable: asset.fractionable,
    tickSize: asset.price_increment,
    lotSize: asset.min_trade_increment,
  }
}

function bySymbol(a: Instrument, b: Instrument): number {
  return a.symbol.localeCompare(b.symbol)
}
