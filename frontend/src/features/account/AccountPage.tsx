import { Page } from '@/shared/ui/Page'
import styles from './account.module.css'
import { Activity } from './Activity'
import { Balances } from './Balances'
import { TransferForm } from './TransferForm'

/** `/account`: what one has, paper cash in and out, and everything that moved it. */
export default function AccountPage() {
  return (
    <Page title="Account">
      <div className={styles['columns']}>
        <Balances />
        <TransferForm />
      </div>
      <Activity />
    </Page>
  )
}
