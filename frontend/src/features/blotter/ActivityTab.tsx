import { useMemo } from 'react'
import { formatMoney } from '@/core/numbers/money'
import type { Activity } from '@/core/orders/documents'
import { activities } from '@/core/orders/selectors'
import type { Trading } from '@/core/orders/trading'
import { useTradingState } from '@/shared/trading/hooks'
import { moment, price, quantity, SIDE } from '@/shared/trading/words'
import { BlotterTable } from './BlotterTable'
import type { BlotterColumn } from './columns'
import { Empty } from './Empty'
import { ListTab, MoreButton, useFirstPage } from './ListTab'

const COLUMNS: readonly BlotterColumn<Activity>[] = [
  { id: 'time', header: 'Time', kind: 'text', cell: (a) => moment(a.time), value: (a) => a.time },
  { id: 'what', header: 'What', kind: 'text', cell: what, value: what },
  {
    id: 'symbol',
    header: 'Symbol',
    kind: 'text',
    cell: (a) => a.symbol ?? '–',
    value: (a) => a.symbol,
  },
  {
    id: 'quantity',
    header: 'Quantity',
    kind: 'number',
    cell: (a) => (a.quantity === null ? '–' : quantity(a.quantity)),
    value: (a) => a.quantity,
  },
  {
    id: 'price',
    header: 'Price',
    kind: 'number',
    cell: (a) => (a.kind === 'fill' ? price(a.price) : '–'),
    value: (a) => (a.kind === 'fill' ? a.price : null),
  },
  {
    id: 'cash',
    header: 'Cash',
    kind: 'number',
    cell: (a) => {
      const amount = cash(a)
      return amount === null ? '–' : formatMoney(amount, { sign: 'always' })
    },
    value: cash,
  },
]

function what(activity: Activity): string {
  switch (activity.kind) {
    case 'fill':
      return SIDE[activity.side]
    case 'deposit':
      return 'Deposit'
    case 'withdrawal':
      return 'Withdrawal'
    case 'grant':
      return 'Shares granted'
    case 'correction':
      return 'Correction'
  }
}

function cash(activity: Activity): string | null {
  return activity.kind === 'fill' ? null : activity.amount
}

/** Everything that moved cash or shares. */
export function ActivityTab({ trading }: { trading: Trading }) {
  const all = useTradingState((state) => state.records.activities)
  const list = useTradingState((state) => state.lists.activity)
  useFirstPage(trading, 'activity')
  const rows = useMemo(() => activities(all, list), [all, list])
  return (
    <ListTab
      list={list}
      isEmpty={rows.length === 0}
      empty={<Empty>Nothing has happened yet. Deposit paper cash to begin.</Empty>}
      onRetry={() => trading.loadMore('activity')}
    >
      <BlotterTable
        caption="Activity"
        columns={COLUMNS}
        rows={rows}
        loadAll={() => trading.loadAll('activity')}
        footer={<MoreButton list={list} onMore={() => trading.loadMore('activity')} />}
      />
    </ListTab>
  )
}
