import { useActiveBook, useMarketNote, useTrades } from '@/shared/market/hooks'
import { Panel } from '@/shared/ui/Panel'
import { EmptyState, Skeleton } from '@/shared/ui/States'
import { PrintList } from './PrintList'
import type { TapeProps } from './types'

/** The active symbol's trades, newest on top. */
export function Tape({ ownPrints }: TapeProps) {
  return (
    <Panel title="Trades" stale={useMarketNote()}>
      <Content ownPrints={ownPrints} />
    </Panel>
  )
}

function Content({ ownPrints }: TapeProps) {
  const { symbol, generation, instrument, problem } = useActiveBook()
  const trades = useTrades()
  if (symbol === null) return <EmptyState>Choose a symbol to see its trades.</EmptyState>
  if (problem !== null && trades === null) return <EmptyState>{problem}</EmptyState>
  if (trades === null || instrument === null) return <Skeleton rows={8} />
  if (trades.length === 0) {
    return (
      <EmptyState>
        No trades in {symbol} yet. They appear here as soon as a buyer and a seller meet.
      </EmptyState>
    )
  }
  return (
    <PrintList key={generation} instrument={instrument} trades={trades} ownPrints={ownPrints} />
  )
}
