import { useMemo } from 'react'
import type { Order } from '@/core/orders/order'
import { history, nested, type OrderNode } from '@/core/orders/selectors'
import type { Trading } from '@/core/orders/trading'
import { useTradingState } from '@/shared/trading/hooks'
import { price, quantity, STATUS } from '@/shared/trading/words'
import { BlotterTable } from './BlotterTable'
import type { BlotterColumn } from './columns'
import { Empty } from './Empty'
import { ListTab, MoreButton, useFirstPage } from './ListTab'
import { termsColumns } from './orderColumns'

type Row = Order & { readonly time: string; readonly children: readonly Row[] }

const ENDS: readonly BlotterColumn<Row>[] = [
  {
    id: 'filled',
    header: 'Filled',
    kind: 'number',
    cell: (row) => quantity(row.filledQuantity),
    value: (row) => row.filledQuantity,
  },
  {
    id: 'average',
    header: 'Average',
    kind: 'number',
    cell: (row) => (row.averagePrice === null ? '–' : price(row.averagePrice, 4)),
    value: (row) => row.averagePrice,
  },
  {
    id: 'status',
    header: 'Ended as',
    kind: 'text',
    cell: (row) =>
      row.rejectReason === null ? STATUS[row.status] : `${STATUS[row.status]}: ${row.rejectReason}`,
    value: (row) => row.status,
  },
]

/** Orders that ended: exits under their entries, what was changed under what it became. */
export function HistoryTab({ trading }: { trading: Trading }) {
  const orders = useTradingState((state) => state.records.orders)
  const list = useTradingState((state) => state.lists.history)
  useFirstPage(trading, 'history')
  const ended = useMemo(() => history(orders, list), [orders, list])
  const rows = useMemo(() => nested(orders, ended).map(rowOf), [orders, ended])
  const columns = useMemo(
    () => [...termsColumns(ended.map((order) => ({ ...order, time: null }))), ...ENDS],
    [ended],
  )
  return (
    <ListTab
      list={list}
      isEmpty={rows.length === 0}
      empty={<Empty>No orders have ended yet. Filled and cancelled ones are kept here.</Empty>}
      onRetry={() => trading.loadMore('history')}
    >
      <BlotterTable
        caption="Order history"
        columns={columns}
        rows={rows}
        childrenOf={(row) => row.children}
        loadAll={() => trading.loadAll('history')}
        footer={<MoreButton list={list} onMore={() => trading.loadMore('history')} />}
      />
    </ListTab>
  )
}

function rowOf({ order, children }: OrderNode): Row {
  return { ...order, time: order.submittedAt, children: children.map(rowOf) }
}
