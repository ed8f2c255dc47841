import { useMarketState } from '@/shared/market/hooks'
import { Decimal } from '@/core/numbers/decimal'
import { priceOf } from '@/core/numbers/instrument'
import { equityOf } from '@/core/portfolio/profit'
import { useAccount, usePositions } from './hooks'

/** Cash and positions at the last prices heard, as exact decimal text; null until the account is known. */
export function useEquity(): string | null {
  const account = useAccount()
  const positions = usePositions()
  // Text, so that a tick of a symbol that is not held renders nothing.
  return useMarketState(({ tickers }) => {
    if (account === null) return null
    const holdings = [...positions.values()].map(({ symbol, quantity, cost }) => {
      const ticker = tickers.get(symbol)
      const hasPrice = ticker !== undefined && ticker.last !== null
      return {
        quantity: Decimal.parse(quantity),
        cost: Decimal.parse(cost),
        last: hasPrice ? priceOf(ticker, ticker.last) : null,
      }
    })
    return equityOf(Decimal.parse(account.cash), holdings).toString()
  })
}
