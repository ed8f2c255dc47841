import { useMemo } from 'react'
import type { Cancel } from '@/core/orders/cancels'
import { type Order, type OrderTerms, remaining } from '@/core/orders/order'
import { openOrders } from '@/core/orders/selectors'
import { isUndecided, type Submission } from '@/core/orders/submission'
import type { Trading } from '@/core/orders/trading'
import { useTradingState } from '@/shared/trading/hooks'
import { describe, quantity, STATUS } from '@/shared/trading/words'
import { Button } from '@/shared/ui/Button'
import styles from './Blotter.module.css'
import { BlotterTable } from './BlotterTable'
import type { BlotterColumn } from './columns'
import { Empty } from './Empty'
import { termsColumns } from './orderColumns'

/** An open order, or one that was sent and is not known to be an order yet. */
interface Row extends OrderTerms {
  readonly id: string
  readonly time: string | null
  readonly filled: string
  readonly left: string
  readonly status: string
  readonly order: Order | null
}

const COLUMNS: readonly BlotterColumn<Row>[] = [
  ...termsColumns,
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
  const orders = useTradingState((state) => state.records.orders)
  const cancels = useTradingState((state) => state.cancels)
  const submissions = useTradingState((state) => state.submissions.all)
  const rows = useMemo(() => {
    const known = new Set([...orders.values()].map((order) => order.clientOrderId))
    const undecided = submissions.filter(
      (each) => isUndecided(each) && !known.has(each.clientOrderId),
    )
    const open = openOrders(orders).map((order) => rowOfOrder(order, cancels.get(order.id)))
    return [...undecided.map(rowOfSubmission), ...open]
  }, [orders, cancels, submissions])
  if (rows.length === 0) {
    return <Empty>No open orders. A limit order that does not trade at once waits here.</Empty>
  }
  return (
    <BlotterTable
      caption="Open orders"
      columns={COLUMNS}
      rows={rows}
      note={(row) => <CancelNote cancel={cancels.get(row.id)} />}
      actions={(row) =>
        row.order === null ? null : (
          <Button
            kind="quiet"
            busy={isUnderWay(cancels.get(row.id))}
            aria-label={`Cancel ${describe(row)}`}
            onClick={() => trading.cancel(row.id)}
          >
            Cancel
          </Button>
        )
      }
    />
  )
}

function CancelNote({ cancel }: { cancel: Cancel | undefined }) {
  if (cancel?.phase !== 'refused' || cancel.problem === null) return null
  return (
    <p role="alert" className={styles['problem']}>
      {cancel.problem.message}
    </p>
  )
}

function isUnderWay(cancel: Cancel | undefined): boolean {
  return cancel !== undefined && cancel.phase !== 'refused'
}

function rowOfOrder(order: Order, cancel: Cancel | undefined): Row {
  const cancelling =
    cancel?.phase === 'unknown' && cancel.problem !== null
      ? 'Cancel unknown: checking'
      : isUnderWay(cancel)
        ? STATUS.pending_cancel
        : null
  return {
    ...order,
    time: order.submittedAt,
    filled: order.filledQuantity,
    left: remaining(order).trimmed().toString(),
    status: cancelling ?? STATUS[order.status],
    order,
  }
}

function rowOfSubmission({ clientOrderId, terms, phase }: Submission): Row {
  return {
    ...terms,
    id: clientOrderId,
    time: null,
    filled: '0',
    left: terms.quantity,
    status: phase === 'sending' ? 'Sending' : 'Unknown: checking',
    order: null,
  }
}
