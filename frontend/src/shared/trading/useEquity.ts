import { useMemo } from 'react'
import { useMarketState } from '@/shared/market/hooks'
import { Decimal } from '@/core/numbers/decimal'
import { priceOf } from '@/core/numbers/instrument'
import { equityOf } from '@/core/portfolio/profit'
import { useAccount, usePositions } from './hooks'

/**
 * Cash and positions at the last prices heard, as exact decimal text; as the platform last counted it while a
 * price is missing. Null until the account is known.
 */
export function useEquity(): string | null {
  const account = useAccount()
  const positions = usePositions()
  const cash = useMemo(() => (account === null ? null : Decimal.parse(account.cash)), [account])
  const holdings = useMemo(
    () =>
      [...positions.values()].map(({ symbol, quantity, cost }) => ({
        symbol,
        quantity: Decimal.parse(quantity),
        cost: Decimal.parse(cost),
      })),
    [positions],
  )
  // Text, so that a tick of a symbol that is not held renders nothing.
  const equity = useMarketState(({ tickers }) => {
    if (cash === null) return null
    const priced = equityOf(cash, holdings, ({ symbol }) => {
      const ticker = tickers.get(symbol)
      return ticker === undefined || ticker.last === null ? null : priceOf(ticker, ticker.last)
    })
    return priced?.toString() ?? null
  })
  return equity ?? account?.equity ?? null
}
