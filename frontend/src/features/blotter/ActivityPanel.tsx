import { useState } from 'react'
import { Loaded } from '@/shared/trading/Loaded'
import { Panel } from '@/shared/ui/Panel'
import { ActivityTab } from './ActivityTab'
import styles from './Blotter.module.css'
import { ToolsPlace } from './tools'

/** The blotter's activity in a panel of its own, for the account page. */
export default function ActivityPanel() {
  const [place, setPlace] = useState<HTMLElement | null>(null)
  return (
    <ToolsPlace value={place}>
      <Panel title="Activity" boxed tools={<span ref={setPlace} className={styles['tools']} />}>
        <Loaded>{(trading) => <ActivityTab trading={trading} />}</Loaded>
      </Panel>
    </ToolsPlace>
  )
}
