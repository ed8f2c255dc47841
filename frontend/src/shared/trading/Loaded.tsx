import type { ReactNode } from 'react'
import type { Trading } from '@/core/orders/trading'
import { Button } from '@/shared/ui/Button'
import { EmptyState, ErrorState, Skeleton } from '@/shared/ui/States'
import { useTrading } from './context'
import { useTradingState } from './hooks'

/** What needs the trader's account, once that is there; until then, why it is not. */
export function Loaded({
  rows = 4,
  children,
}: {
  rows?: number
  children: (trading: Trading) => ReactNode
}) {
  const trading = useTrading()
  const phase = useTradingState((state) => state.phase)
  const problem = useTradingState((state) => state.problem)
  if (trading === null) {
    return <EmptyState>Your positions and orders stand here once you are signed in.</EmptyState>
  }
  if (phase === 'ready') return children(trading)
  if (phase === 'loading' || problem === null) return <Skeleton rows={rows} />
  return (
    <ErrorState
      requestId={problem.requestId}
      action={<Button onClick={() => trading.refresh()}>Try again</Button>}
    >
      Your account cannot be read: {problem.message}
    </ErrorState>
  )
}
