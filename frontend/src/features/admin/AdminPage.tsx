import { useQuery } from '@tanstack/react-query'
import { useApi } from '@/shared/api/context'
import { assetsQuery } from '@/shared/api/queries'
import { Columns, Page } from '@/shared/ui/Page'
import { Panel } from '@/shared/ui/Panel'
import { Accounts } from './Accounts'
import { AssetForm } from './AssetForm'
import { Assets } from './Assets'
import { FeeTiers } from './FeeTiers'
import { GrantForm } from './GrantForm'
import { Halts } from './Halts'

/** `/admin`, for the role of that name: what is traded, what is stopped, and what accounts may do and pay. */
export default function AdminPage() {
  const symbols = useQuery(assetsQuery(useApi())).data?.map(({ symbol }) => symbol) ?? []
  return (
    <Page
      title="Administration"
      intro="What is done here is written into the audit log, with your name."
    >
      <Halts symbols={symbols} />
      <Columns>
        <Panel title="List an asset" boxed>
          <AssetForm />
        </Panel>
        <Panel title="Grant shares" boxed>
          <GrantForm symbols={symbols} />
        </Panel>
      </Columns>
      <Assets />
      <Columns>
        <Accounts />
        <FeeTiers />
      </Columns>
    </Page>
  )
}
