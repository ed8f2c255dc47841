import { useQuery } from '@tanstack/react-query'
import { useApi } from '@/shared/api/context'
import { assetsQuery } from '@/shared/api/queries'
import { useActiveSymbol, useCanTrade } from '@/shared/market/hooks'
import { useTrading } from './context'
import { useAccount } from './hooks'

/** Why no order in the active symbol may be sent. */
export interface TradingBlock {
  /** A sentence for people. */
  readonly reason: string
  /** Over by itself as soon as the market has loaded: nobody has to be told. */
  readonly isLoading: boolean
}

/**
 * What keeps orders from being sent: an old market, a blocked account, a symbol that is not traded. Null: nothing
 * does. One answer for the ticket and for the banner.
 */
export function useTradingBlock(): TradingBlock | null {
  const api = useApi()
  const symbol = useActiveSymbol()
  const market = useCanTrade()
  const account = useAccount()
  const isSignedIn = useTrading() !== null
  const assets = useQuery({ ...assetsQuery(api), enabled: isSignedIn }).data
  if (!market.allowed) {
    const isLoading = market.code === 'no_symbol' || market.code === 'loading'
    return { reason: market.reason, isLoading }
  }
  if (account?.mayTrade === false) {
    return blocked('Your account may not trade. An administrator can say why.')
  }
  if (account?.isSuspended === true) {
    return blocked('You have suspended trading. The account page lets it go on.')
  }
  if (assets?.some((asset) => asset.symbol === symbol && !asset.tradable)) {
    return blocked(`${symbol ?? 'It'} is not traded at the moment.`)
  }
  return null
}

function blocked(reason: string): TradingBlock {
  return { reason, isLoading: false }
}
