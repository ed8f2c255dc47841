import { useInfiniteQuery } from '@tanstack/react-query'
import { bodyOf } from '@/api/client'
import type { operations } from '@/api/generated/trading'
import { requestIdOf, sentenceOf } from '@/api/problem'
import { formatMoney } from '@/core/numbers/money'
import { useApi } from '@/shared/api/context'
import { Button } from '@/shared/ui/Button'
import { Panel } from '@/shared/ui/Panel'
import { EmptyState, ErrorState, Skeleton } from '@/shared/ui/States'
import { Cell, Column, Table } from '@/shared/ui/Table'
import styles from './account.module.css'
import { lineOf } from './activityLine'

export type ActivityItem =
  operations['activities_v2_account_activities_get']['responses'][200]['content']['application/json'][number]

const PAGE = 50
const when = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

/** Everything that moved cash or shares, newest first. */
export function Activity() {
  const api = useApi()
  const { data, error, fetchNextPage, hasNextPage, isFetchingNextPage, isPending, refetch } =
    useInfiniteQuery({
      queryKey: ['account', 'activity'],
      initialPageParam: '',
      queryFn: ({ pageParam, signal }) =>
        bodyOf(
          api.trading.GET('/v2/account/activities', {
            params: {
              query: { page_size: PAGE, ...(pageParam === '' ? {} : { page_token: pageParam }) },
            },
            signal,
          }),
        ),
      getNextPageParam: (page) => (page.length < PAGE ? undefined : page.at(-1)?.id),
    })
  const items = data?.pages.flat() ?? []
  return (
    <Panel title="Activity" className={styles['box']}>
      {isPending ? <Skeleton rows={6} /> : null}
      {error !== null && data === undefined ? (
        <ErrorState
          requestId={requestIdOf(error)}
          action={<Button onClick={() => void refetch()}>Read the activity again</Button>}
        >
          The activity could not be read. {sentenceOf(error)}.
        </ErrorState>
      ) : null}
      {data !== undefined && items.length === 0 ? (
        <EmptyState>
          Nothing has moved yet. Deposits, withdrawals and fills are listed here.
        </EmptyState>
      ) : null}
      {items.length === 0 ? null : <Lines items={items} />}
      {hasNextPage ? (
        <div className={styles['more']}>
          <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show older activity
          </Button>
        </div>
      ) : null}
    </Panel>
  )
}

function Lines({ items }: { items: readonly ActivityItem[] }) {
  return (
    <Table caption="Activity, newest first">
      <thead>
        <tr>
          <Column>Time</Column>
          <Column>What</Column>
          <Column number>Quantity</Column>
          <Column number>Price</Column>
          <Column number>Cash</Column>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => {
          const { at, what, quantity, price, cash } = lineOf(item)
          return (
            <tr key={item.id}>
              <Cell>
                <time dateTime={at}>{when.format(new Date(at))}</time>
              </Cell>
              <Cell>{what}</Cell>
              <Cell number>{quantity ?? ''}</Cell>
              <Cell number>{price ?? ''}</Cell>
              <Cell number>{cash === null ? '' : formatMoney(cash, { sign: 'always' })}</Cell>
            </tr>
          )
        })}
      </tbody>
    </Table>
  )
}
