import { type ReactNode, useState } from 'react'
import type { Trading } from '@/core/orders/trading'
import { useTrading } from '@/shared/trading/context'
import { Loaded } from '@/shared/trading/Loaded'
import { useOpenOrders, useTradingState } from '@/shared/trading/hooks'
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
  /** The tab to begin with. */
  first?: Name
}

/** What the trader has, and what became of it. */
export default function Blotter({ onShow, first = 'positions' }: Props) {
  const trading = useTrading()
  const [name, setName] = useState<Name>(first)
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
