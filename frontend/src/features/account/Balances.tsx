import { useQuery } from '@tanstack/react-query'
import { requestIdOf, sentenceOf } from '@/api/problem'
import { formatMoney } from '@/core/numbers/money'
import { useApi } from '@/shared/api/context'
import { accountQuery } from '@/shared/api/queries'
import { Button } from '@/shared/ui/Button'
import { Panel } from '@/shared/ui/Panel'
import { ErrorState, Skeleton } from '@/shared/ui/States'
import styles from './account.module.css'

/** Prices move what one has. */
const REFRESH_MS = 5_000

/** What one has, in US dollars of paper. */
export function Balances() {
  const { data, error, isPending, refetch } = useQuery({
    ...accountQuery(useApi()),
    refetchInterval: REFRESH_MS,
  })
  return (
    <Panel title="Balances" className={styles['box']}>
      {isPending ? <Skeleton rows={5} /> : null}
      {error === null || data !== undefined ? null : (
        <ErrorState
          requestId={requestIdOf(error)}
          action={<Button onClick={() => void refetch()}>Read the balances again</Button>}
        >
          The balances could not be read. {sentenceOf(error)}.
        </ErrorState>
      )}
      {data === undefined ? null : (
        <dl className={styles['balances']}>
          <Figure name="Equity" hint="cash and positions at their last price" main>
            {data.equity}
          </Figure>
          <Figure name="Cash">{data.cash}</Figure>
          <Figure name="Buying power" hint="cash that no open order holds">
            {data.buying_power}
          </Figure>
          <Figure name="Positions" hint="at their last price">
            {data.long_market_value}
          </Figure>
        </dl>
      )}
    </Panel>
  )
}

function Figure({
  name,
  hint,
  main = false,
  children,
}: {
  name: string
  hint?: string
  main?: boolean
  children: string
}) {
  return (
    <div>
      <dt>
        {name}
        {hint === undefined ? null : <small>{hint}</small>}
      </dt>
      <dd className={main ? styles['main'] : undefined}>{formatMoney(children)}</dd>
    </div>
  )
}
