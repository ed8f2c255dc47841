import type { ReactNode } from 'react'
import { Columns, Page } from '@/shared/ui/Page'
import { Balances } from './Balances'
import { TransferForm } from './TransferForm'

/** `/account`: what one has, paper cash in and out, and (`activity`) everything that moved it. */
export default function AccountPage({ activity }: { activity: ReactNode }) {
  return (
    <Page title="Account">
      <Columns>
        <Balances />
        <TransferForm />
      </Columns>
      {activity}
    </Page>
  )
}
