import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { requestIdOf, sentenceOf } from '@/api/problem'
import { useApi } from '@/shared/api/context'
import { Button } from '@/shared/ui/Button'
import { Page } from '@/shared/ui/Page'
import { Panel } from '@/shared/ui/Panel'
import { EmptyState, ErrorState, Skeleton } from '@/shared/ui/States'
import { Cell, Column, Table } from '@/shared/ui/Table'
import styles from './apiKeys.module.css'
import { DeleteKey } from './DeleteKey'
import { NewKeyForm } from './NewKeyForm'
import { type ApiKey, apiKeysQuery, type ApiKeyWithSecret } from './queries'
import { SecretDialog } from './SecretDialog'

/** `/api-keys`: what lets a bot trade as its owner. */
export default function ApiKeysPage() {
  const { data: keys, error, isPending, refetch } = useQuery(apiKeysQuery(useApi()))
  const [created, setCreated] = useState<ApiKeyWithSecret | null>(null)
  const [deleting, setDeleting] = useState<ApiKey | null>(null)
  return (
    <Page
      title="API keys"
      intro="A key lets a program act as you, within its scopes. Alpaca’s client libraries work with it: set their base URL to this page’s origin."
    >
      <Panel title="New key" className={styles['box']}>
        <NewKeyForm onCreated={setCreated} />
      </Panel>
      <Panel title="Your keys" className={styles['box']}>
        {isPending ? <Skeleton rows={3} /> : null}
        {error !== null && keys === undefined ? (
          <ErrorState
            requestId={requestIdOf(error)}
            action={<Button onClick={() => void refetch()}>Read the keys again</Button>}
          >
            The keys could not be read. {sentenceOf(error)}.
          </ErrorState>
        ) : null}
        {keys?.length === 0 ? (
          <EmptyState>There are no keys. Create one above to trade from a program.</EmptyState>
        ) : null}
        {keys !== undefined && keys.length > 0 ? (
          <KeyTable keys={keys} onDelete={setDeleting} />
        ) : null}
      </Panel>
      <SecretDialog created={created} onClose={() => setCreated(null)} />
      <DeleteKey of={deleting} onClose={() => setDeleting(null)} />
    </Page>
  )
}

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' })
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })

function KeyTable({
  keys,
  onDelete,
}: {
  keys: readonly ApiKey[]
  onDelete: (key: ApiKey) => void
}) {
  return (
    <Table caption="Your API keys">
      <thead>
        <tr>
          <Column>Name</Column>
          <Column>Key id</Column>
          <Column>Scopes</Column>
          <Column>Created</Column>
          <Column>Last used</Column>
          <Column>
            <span className="visually-hidden">Delete</span>
          </Column>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key.id}>
            <Cell>{key.name}</Cell>
            <Cell>
              <code>{key.key_id}</code>
            </Cell>
            <Cell>{key.scopes.join(', ')}</Cell>
            <Cell>{day.format(new Date(key.created_at))}</Cell>
            <Cell>
              {key.last_used_at === null ? 'never' : moment.format(new Date(key.last_used_at))}
            </Cell>
            <Cell number>
              <Button
                kind="quiet"
                className={styles['delete']}
                aria-label={`Delete the key ${key.name}`}
                onClick={() => onDelete(key)}
              >
                Delete
              </Button>
            </Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
