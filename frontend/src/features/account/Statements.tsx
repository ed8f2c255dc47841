import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { bodyOf } from '@/api/client'
import { requestIdOf, sentenceOf } from '@/api/problem'
import { formatMoney } from '@/core/numbers/money'
import { useApi } from '@/shared/api/context'
import { saveFile } from '@/shared/files/saveFile'
import { Button } from '@/shared/ui/Button'
import { Panel } from '@/shared/ui/Panel'
import { EmptyState, ErrorState, Skeleton } from '@/shared/ui/States'
import { Cell, Column, Table } from '@/shared/ui/Table'
import { useToast } from '@/shared/ui/useToast'
import { statementsQuery } from './queries'

/** One statement a day, each as a file with everything that was booked. */
export function Statements() {
  const query = useInfiniteQuery(statementsQuery(useApi()))
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = query
  const statements = data?.pages.flatMap((page) => page.statements)
  return (
    <Panel title="Statements" boxed>
      {statements === undefined && error === null ? <Skeleton rows={3} /> : null}
      {statements === undefined && error !== null ? (
        <ErrorState
          requestId={requestIdOf(error)}
          action={<Button onClick={() => void refetch()}>Read them again</Button>}
        >
          The statements could not be read. {sentenceOf(error)}.
        </ErrorState>
      ) : null}
      {statements?.length === 0 ? (
        <EmptyState>There is no statement yet. Each day’s is made when the day is over.</EmptyState>
      ) : null}
      {statements !== undefined && statements.length > 0 ? (
        <Table caption="Statements">
          <thead>
            <tr>
              <Column>Day</Column>
              <Column number>Equity before</Column>
              <Column number>Equity after</Column>
              <Column>
                <span className="visually-hidden">Act</span>
              </Column>
            </tr>
          </thead>
          <tbody>
            {statements.map(({ date, opening_equity: before, closing_equity: after }) => (
              <tr key={date}>
                <Cell>{date}</Cell>
                <Cell number>{formatMoney(before)}</Cell>
                <Cell number>{formatMoney(after)}</Cell>
                <Cell>
                  <Save date={date} />
                </Cell>
              </tr>
            ))}
          </tbody>
        </Table>
      ) : null}
      {hasNextPage ? (
        <p>
          <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Load more
          </Button>
        </p>
      ) : null}
    </Panel>
  )
}

function Save({ date }: { date: string }) {
  const api = useApi()
  const toast = useToast()
  const save = useMutation({
    mutationFn: () =>
      bodyOf(
        api.trading.GET('/v1/account/statements/{name}', {
          params: { path: { name: `${date}.csv` } },
          parseAs: 'text',
        }),
      ),
    onSuccess: (file) => saveFile(`statement-${date}.csv`, file),
    onError: (problem) => toast(sentenceOf(problem), 'problem'),
  })
  return (
    <Button
      kind="quiet"
      busy={save.isPending}
      aria-label={`Save the statement of ${date} as CSV`}
      onClick={() => save.mutate()}
    >
      CSV
    </Button>
  )
}
