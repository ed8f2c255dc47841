import type { ReactNode } from 'react'
import { useActiveSymbol } from '@/shared/market/hooks'
import { callTicket } from '@/shared/trading/ticket'
import { Button } from '@/shared/ui/Button'
import { EmptyState } from '@/shared/ui/States'

/** An empty tab: what would stand here, and the way to it. */
export function Empty({ children }: { children: ReactNode }) {
  const symbol = useActiveSymbol()
  return (
    <EmptyState
      action={
        symbol === null ? null : (
          <Button onClick={() => callTicket(symbol, 'buy')}>Write an order for {symbol}</Button>
        )
      }
    >
      {children}
    </EmptyState>
  )
}
