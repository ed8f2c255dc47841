import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { bodyOf } from '@/api/client'
import { sentenceOf } from '@/api/problem'
import { useApi } from '@/shared/api/context'
import { useTrading } from '@/shared/trading/context'
import { Panel } from '@/shared/ui/Panel'
import { ErrorState, Skeleton } from '@/shared/ui/States'
import { useToast } from '@/shared/ui/useToast'
import styles from './account.module.css'
import { configurationsQuery } from './queries'

/** What the owner of an account forbids it. */
export function Configurations() {
  const api = useApi()
  const queries = useQueryClient()
  const trading = useTrading()
  const toast = useToast()
  const query = configurationsQuery(api)
  const { data, error } = useQuery(query)
  const change = useMutation({
    mutationFn: (suspend: boolean) =>
      bodyOf(api.trading.PATCH('/v2/account/configurations', { body: { suspend_trade: suspend } })),
    onSuccess: (now) => {
      queries.setQueryData(query.queryKey, now)
      trading?.refresh()
      toast(now.suspend_trade ? 'Trading is suspended.' : 'Trading goes on.')
    },
    onError: (problem) => toast(sentenceOf(problem), 'problem'),
  })
  return (
    <Panel title="Trading" boxed>
      {data === undefined && error === null ? <Skeleton rows={1} /> : null}
      {data === undefined && error !== null ? (
        <ErrorState>The configuration could not be read. {sentenceOf(error)}.</ErrorState>
      ) : null}
      {data === undefined ? null : (
        <label className={styles['switch']}>
          <input
            type="checkbox"
            role="switch"
            checked={data.suspend_trade}
            disabled={change.isPending}
            onChange={(event) => change.mutate(event.target.checked)}
          />
          <span>
            Suspend trading
            <small>
              No new order is taken, of bots neither. Open ones stay and can be cancelled.
            </small>
          </span>
        </label>
      )}
    </Panel>
  )
}
