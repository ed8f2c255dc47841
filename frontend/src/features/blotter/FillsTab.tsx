import { useMemo } from 'react'
import { Decimal } from '@/core/numbers/decimal'
import { formatMoney } from '@/core/numbers/money'
import type { Fill } from '@/core/orders/documents'
import { fills } from '@/core/orders/selectors'
import type { Trading } from '@/core/orders/trading'
import { useTradingState } from '@/shared/trading/hooks'
import { moment, price, quantity } from '@/shared/trading/words'
import { BlotterTable } from './BlotterTable'
import type { BlotterColumn } from './columns'
import { Empty } from './Empty'
import { ListTab, MoreButton, useFirstPage } from './ListTab'
import { SideWord } from './orderColumns'

const value = (fill: Fill) => Decimal.parse(fill.price).times(Decimal.parse(fill.quantity))

const COLUMNS: readonly BlotterColumn<Fill>[] = [
  { id: 'time', header: 'Time', kind: 'text', cell: (f) => moment(f.time), value: (f) => f.time },
  { id: 'symbol', header: 'Symbol', kind: 'text', cell: (f) => f.symbol, value: (f) => f.symbol },
  {
    id: 'side',
    header: 'Side',
    kind: 'text',
    cell: (f) => <SideWord side={f.side} />,
    value: (f) => f.side,
  },
  {
    id: 'quantity',
    header: 'Quantity',
    kind: 'number',
    cell: (f) => quantity(f.quantity),
    value: (f) => f.quantity,
  },
  {
    id: 'price',
    header: 'Price',
    kind: 'number',
    cell: (f) => price(f.price),
    value: (f) => f.price,
  },
  {
    id: 'value',
    header: 'Value',
    kind: 'number',
    cell: (f) => formatMoney(value(f)),
    value: (f) => value(f).trimmed().toString(),
  },
]

/** Every execution of the trader's orders. */
export function FillsTab({ trading }: { trading: Trading }) {
  const activities = useTradingState((state) => state.records.activities)
  const list = useTradingState((state) => state.lists.fills)
  useFirstPage(trading, 'fills')
  const rows = useMemo(() => fills(activities, list), [activities, list])
  return (
    <ListTab
      list={list}
      isEmpty={rows.length === 0}
      empty={<Empty>No fills yet. A market order is filled at once if somebody quotes.</Empty>}
      onRetry={() => trading.loadMore('fills')}
    >
      <BlotterTable
        caption="Fills"
        columns={COLUMNS}
        rows={rows}
        loadAll={() => trading.loadAll('fills')}
        footer={<MoreButton list={list} onMore={() => trading.loadMore('fills')} />}
      />
    </ListTab>
  )
}
