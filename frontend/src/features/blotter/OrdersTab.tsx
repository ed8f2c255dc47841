import { useMemo, useState } from 'react'
import { isChangeable } from '@/core/orders/selectors'
import type { TradingState } from '@/core/orders/state'
import type { Trading } from '@/core/orders/trading'
import { useTradingState } from '@/shared/trading/hooks'
import { describe, quantity } from '@/shared/trading/words'
import { Button } from '@/shared/ui/Button'
import styles from './Blotter.module.css'
import { BlotterTable } from './BlotterTable'
import { ChangeOrder } from './ChangeOrder'
import type { BlotterColumn } from './columns'
import { Empty } from './Empty'
import { termsColumns } from './orderColumns'
import { isUnderWay, type OrderRow, orderRows } from './orderRows'

const PROGRESS: readonly BlotterColumn<OrderRow>[] = [
  {
    id: 'filled',
    header: 'Filled',
    kind: 'number',
    cell: (row) => quantity(row.filled),
    value: (row) => row.filled,
  },
  {
    id: 'left',
    header: 'Left',
    kind: 'number',
    cell: (row) => quantity(row.left),
    value: (row) => row.left,
  },
  {
    id: 'status',
    header: 'Status',
    kind: 'text',
    cell: (row) => row.status,
    value: (row) => row.status,
  },
]

/** What still works in the market, or may. */
export function OrdersTab({ trading }: { trading: Trading }) {
  const records = useTradingState((state) => state.records)
  const cancels = useTradingState((state) => state.cancels)
  const replaces = useTradingState((state) => state.replaces)
  const submissions = useTradingState((state) => state.submissions)
  const [changed, setChanged] = useState<string | null>(null)
  const rows = useMemo(
    () => orderRows({ records, cancels, replaces, submissions }),
    [records, cancels, replaces, submissions],
  )
  const columns = useMemo(
    () => [...termsColumns(rows.flatMap((row) => [row, ...row.children])), ...PROGRESS],
    [rows],
  )
  if (rows.length === 0) {
    return <Empty>No open orders. A limit order that does not trade at once waits here.</Empty>
  }
  const below = ({ order }: OrderRow) =>
    order === null || order.id !== changed || !isChangeable(order) ? null : (
      <ChangeOrder order={order} trading={trading} onClose={() => setChanged(null)} />
    )
  return (
    <BlotterTable
      caption="Open orders"
      columns={columns}
      rows={rows}
      childrenOf={(row) => row.children}
      below={below}
      note={(row) => <Note row={row} {...{ cancels, replaces }} />}
      actions={(row) => (
        <>
          {row.order === null || !isChangeable(row.order) ? null : (
            <Button
              kind="quiet"
              busy={isUnderWay(replaces.get(row.id))}
              aria-expanded={changed === row.id}
              aria-label={`Change ${describe(row)}`}
              onClick={() => setChanged(changed === row.id ? null : row.id)}
            >
              Change
            </Button>
          )}
          <CancelButton row={row} trading={trading} cancels={cancels} />
        </>
      )}
    />
  )
}

/** One press for all that hangs together: cancelling one exit ends the other, cancelling an entry ends its exits. */
function CancelButton({
  row: { cancels: order, ends, exit, order: own },
  trading,
  cancels,
}: {
  row: OrderRow
  trading: Trading
  cancels: TradingState['cancels']
}) {
  if (order === null || own === null) return null
  // An exit under its entry ends with that; alone, or as the first of two, it has its own button.
  if (exit !== null && own.parentId !== null && own.status === 'held') return null
  const rest = ends > 1 ? `, ${ends} orders that hang together` : ''
  return (
    <Button
      kind="quiet"
      busy={isUnderWay(cancels.get(order.id))}
      aria-label={`Cancel ${describe(order)}${rest}`}
      onClick={() => trading.cancel(order.id)}
    >
      Cancel{ends > 1 ? ` ${ends}` : ''}
    </Button>
  )
}

function Note({
  row,
  cancels,
  replaces,
}: { row: OrderRow } & Pick<TradingState, 'cancels' | 'replaces'>) {
  const refused = [cancels.get(row.id), replaces.get(row.id)].find(
    (each) => each?.phase === 'refused' && each.problem !== null,
  )
  return (
    <>
      {row.before === '' ? null : <span className={styles['quiet']}>, was {row.before}</span>}
      {refused === undefined ? null : (
        <p role="alert" className={styles['problem']}>
          {refused.problem?.message}
        </p>
      )}
    </>
  )
}
