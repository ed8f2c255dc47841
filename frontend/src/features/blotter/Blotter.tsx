import { type ReactNode, useState } from 'react'
import type { Trading } from '@/core/orders/trading'
import { useTrading } from '@/shared/trading/context'
import { useOpenOrders, useTradingState } from '@/shared/trading/hooks'
import { Button } from '@/shared/ui/Button'
import { EmptyState, ErrorState, Skeleton } from '@/shared/ui/States'
import { type Tab, Tabs } from '@/shared/ui/Tabs'
import { ActivityTab } from './ActivityTab'
import styles from './Blotter.module.css'
import { CancelAll } from './CancelAll'
import { FillsTab } from './FillsTab'
import { HistoryTab } from './HistoryTab'
import { OrdersTab } from './OrdersTab'
import { PositionsTab } from './PositionsTab'
import { ToolsPlace } from './tools'

type Name = 'positions' | 'orders' | 'history' | 'fills' | 'activity'

interface Props {
  /** Another symbol is to be looked at, with its ticket. */
  onShow: (symbol: string) => void
}

/** What the trader has, and what became of it. */
export function Blotter({ onShow }: Props) {
  const trading = useTrading()
  const [name, setName] = useState<Name>('positions')
  const [place, setPlace] = useState<HTMLElement | null>(null)
  const count = useOpenOrders().length
  const tabs: readonly Tab<Name>[] = [
    tab('positions', 'Positions', () => <PositionsTab onShow={onShow} />),
    tab('orders', <>Open orders {count > 0 ? count : null}</>, (mine) => (
      <OrdersTab trading={mine} />
    )),
    tab('history', 'History', (mine) => <HistoryTab trading={mine} />),
    tab('fills', 'Fills', (mine) => <FillsTab trading={mine} />),
    tab('activity', 'Activity', (mine) => <ActivityTab trading={mine} />),
  ]
  return (
    <ToolsPlace value={place}>
      <Tabs
        label="Your account"
        tabs={tabs}
        value={name}
        onChange={setName}
        tools={
          <>
            <NotLive />
            {name === 'orders' && trading !== null ? <CancelAll trading={trading} /> : null}
            <span ref={setPlace} className={styles['tools']} />
          </>
        }
      />
    </ToolsPlace>
  )
}

function tab(value: Name, label: ReactNode, content: (trading: Trading) => ReactNode): Tab<Name> {
  return { value, label, content: <Loaded>{content}</Loaded> }
}

/** A tab's content once the account is there. */
function Loaded({ children }: { children: (trading: Trading) => ReactNode }) {
  const trading = useTrading()
  const phase = useTradingState((state) => state.phase)
  const problem = useTradingState((state) => state.problem)
  if (trading === null) {
    return <EmptyState>Your positions and orders stand here once you are signed in.</EmptyState>
  }
  if (phase === 'ready') return children(trading)
  if (phase === 'loading' || problem === null) return <Skeleton rows={4} />
  return (
    <ErrorState
      requestId={problem.requestId}
      action={<Button onClick={() => trading.refresh()}>Try again</Button>}
    >
      Your account cannot be read: {problem.message}
    </ErrorState>
  )
}

/** What is shown may be some seconds old. */
function NotLive() {
  const trading = useTrading()
  const isLive = useTradingState((state) => state.live)
  const isReady = useTradingState((state) => state.phase === 'ready')
  return (
    <span role="status" className={styles['notLive']}>
      {trading !== null && isReady && !isLive ? 'Not live, read every 5 s' : null}
    </span>
  )
}
