import type { ReactNode } from 'react'
import { Columns, Page } from '@/shared/ui/Page'
import styles from './account.module.css'
import { Balances } from './Balances'
import { Configurations } from './Configurations'
import { EquityHistory } from './EquityHistory'
import { Statements } from './Statements'
import { TransferForm } from './TransferForm'

/** `/account`: what one has and had, paper cash in and out, statements, and (`activity`) everything that moved it. */
export default function AccountPage({ activity }: { activity: ReactNode }) {
  return (
    <Page title="Account">
      <Columns>
        <Balances />
        <div className={styles['stack']}>
          <TransferForm />
          <Configurations />
        </div>
      </Columns>
      <EquityHistory />
      <Statements />
      {activity}
    </Page>
  )
}
