import type { OrderTerms, Side } from '@/core/orders/order'
import { moment, price, quantity, SIDE, TIME_IN_FORCE } from '@/shared/trading/words'
import styles from './Blotter.module.css'
import type { BlotterColumn } from './columns'

type Terms = OrderTerms & { readonly time: string | null }

/** What an order is, however far it has come. */
export const termsColumns: readonly BlotterColumn<Terms>[] = [
  {
    id: 'time',
    header: 'Time',
    kind: 'text',
    cell: (row) => (row.time === null ? '–' : moment(row.time)),
    value: (row) => row.time,
  },
  {
    id: 'symbol',
    header: 'Symbol',
    kind: 'text',
    cell: (row) => row.symbol,
    value: (row) => row.symbol,
  },
  {
    id: 'side',
    header: 'Side',
    kind: 'text',
    cell: (row) => <SideWord side={row.side} />,
    value: (row) => row.side,
  },
  {
    id: 'type',
    header: 'Type',
    kind: 'text',
    cell: (row) => (row.type === 'limit' ? 'Limit' : 'Market'),
    value: (row) => row.type,
  },
  {
    id: 'timeInForce',
    header: 'In force',
    kind: 'text',
    cell: (row) => TIME_IN_FORCE[row.timeInForce],
    value: (row) => row.timeInForce,
  },
  {
    id: 'price',
    header: 'Price',
    kind: 'number',
    cell: (row) => (row.limitPrice === null ? '–' : price(row.limitPrice)),
    value: (row) => row.limitPrice,
  },
  {
    id: 'quantity',
    header: 'Quantity',
    kind: 'number',
    cell: (row) => quantity(row.quantity),
    value: (row) => row.quantity,
  },
]

export function SideWord({ side }: { side: Side }) {
  return <span className={side === 'buy' ? styles['up'] : styles['down']}>{SIDE[side]}</span>
}
