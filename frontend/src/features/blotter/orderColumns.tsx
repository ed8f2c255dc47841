import type { Order, Side } from '@/core/orders/order'
import type { OrderTerms } from '@/core/orders/terms'
import { formatMoney } from '@/core/numbers/money'
import { moment, price, quantity, SIDE, TIME_IN_FORCE, TYPE } from '@/shared/trading/words'
import styles from './Blotter.module.css'
import type { BlotterColumn } from './columns'

type Terms = OrderTerms & { readonly time: string | null; readonly exit?: Order['exit'] }

const BEFORE_PRICE: readonly BlotterColumn<Terms>[] = [
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
  { id: 'type', header: 'Type', kind: 'text', cell: kindOf, value: (row) => row.exit ?? row.type },
  {
    id: 'timeInForce',
    header: 'In force',
    kind: 'text',
    cell: (row) =>
      row.expiresAt === null ? TIME_IN_FORCE[row.timeInForce] : `Until ${moment(row.expiresAt)}`,
    value: (row) => row.timeInForce,
  },
  {
    id: 'price',
    header: 'Price',
    kind: 'number',
    cell: (row) => (row.limitPrice === null ? '–' : price(row.limitPrice)),
    value: (row) => row.limitPrice,
  },
]

const STOP: BlotterColumn<Terms> = {
  id: 'stop',
  header: 'Stop',
  kind: 'number',
  cell: (row) => (row.stopPrice === null ? '–' : price(row.stopPrice)),
  value: (row) => row.stopPrice,
}

const QUANTITY: BlotterColumn<Terms> = {
  id: 'quantity',
  header: 'Quantity',
  kind: 'number',
  cell: (row) =>
    row.quantity !== null
      ? quantity(row.quantity)
      : row.notional === null
        ? '–'
        : `$${formatMoney(row.notional)}`,
  value: (row) => row.quantity,
}

/** What an order is, however far it has come. Stops have a column where there are any. */
export function termsColumns(rows: readonly Terms[]): readonly BlotterColumn<Terms>[] {
  const hasStops = rows.some((row) => row.stopPrice !== null)
  return [...BEFORE_PRICE, ...(hasStops ? [STOP] : []), QUANTITY]
}

const EXIT = { take_profit: 'Take profit', stop_loss: 'Stop loss' } as const

function kindOf({ type, exit, trailPrice, trailPercent }: Terms): string {
  if (exit != null) return type === 'stop_limit' ? `${EXIT[exit]}, limit` : EXIT[exit]
  if (trailPrice !== null) return `${TYPE[type]}, by ${price(trailPrice)}`
  if (trailPercent !== null) return `${TYPE[type]}, by ${trailPercent} %`
  return TYPE[type]
}

export function SideWord({ side }: { side: Side }) {
  return <span className={side === 'buy' ? styles['up'] : styles['down']}>{SIDE[side]}</span>
}
