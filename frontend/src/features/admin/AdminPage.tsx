import { useQuery } from '@tanstack/react-query'
import { requestIdOf, sentenceOf } from '@/api/problem'
import { useApi } from '@/shared/api/context'
import { assetsQuery } from '@/shared/api/queries'
import { Button } from '@/shared/ui/Button'
import { Columns, Page } from '@/shared/ui/Page'
import { Panel } from '@/shared/ui/Panel'
import { EmptyState, ErrorState, Skeleton } from '@/shared/ui/States'
import { Cell, Column, Table } from '@/shared/ui/Table'
import { AssetForm } from './AssetForm'
import { GrantForm } from './GrantForm'

/** `/admin`, for the role of that name: what is traded, and shares to begin with. */
export default function AdminPage() {
  const { data: assets, error, isPending, refetch } = useQuery(assetsQuery(useApi()))
  return (
    <Page
      title="Administration"
      intro="What is done here is written into the audit log, with your name."
    >
      <Columns>
        <Panel title="List an asset" boxed>
          <AssetForm />
        </Panel>
        <Panel title="Grant shares" boxed>
          <GrantForm symbols={assets?.map(({ symbol }) => symbol) ?? []} />
        </Panel>
      </Columns>
      <Panel title="Listed assets" boxed>
        {isPending ? <Skeleton rows={4} /> : null}
        {error !== null && assets === undefined ? (
          <ErrorState
            requestId={requestIdOf(error)}
            action={<Button onClick={() => void refetch()}>Read the assets again</Button>}
          >
            The assets could not be read. {sentenceOf(error)}.
          </ErrorState>
        ) : null}
        {assets?.length === 0 ? (
          <EmptyState>Nothing is listed yet. List the first asset above.</EmptyState>
        ) : null}
        {assets !== undefined && assets.length > 0 ? (
          <Table caption="Listed assets">
            <thead>
              <tr>
                <Column>Symbol</Column>
                <Column>Name</Column>
                <Column>Class</Column>
                <Column number>Tick</Column>
                <Column number>Lot</Column>
                <Column>Status</Column>
              </tr>
            </thead>
            <tbody>
              {assets.map((asset) => (
                <tr key={asset.id}>
                  <Cell>{asset.symbol}</Cell>
                  <Cell>{asset.name}</Cell>
                  <Cell>{asset.class === 'crypto' ? 'crypto' : 'equity'}</Cell>
                  <Cell number>{asset.price_increment}</Cell>
                  <Cell number>{asset.min_trade_increment}</Cell>
                  <Cell>{asset.tradable ? 'traded' : 'not traded'}</Cell>
                </tr>
              ))}
            </tbody>
          </Table>
        ) : null}
      </Panel>
    </Page>
  )
}
