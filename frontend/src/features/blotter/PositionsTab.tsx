import { useMemo } from 'react'
import { useShallow } from 'zustand/react/shallow'
import type { Market } from '@/core/market/market'
import type { MarketState, Ticker } from '@/core/market/state'
import { Decimal } from '@/core/numbers/decimal'
import {
  formatPrice,
  formatQuantity,
  grouped,
  lotsWithin,
  priceDecimals,
  priceOf,
  quantityOf,
} from '@/core/numbers/instrument'
import { formatMoney, formatPercent, signed } from '@/core/numbers/money'
import { availableOf, positions } from '@/core/orders/selectors'
import { averagePrice, valueOf } from '@/core/portfolio/profit'
import { useMarket } from '@/shared/market/context'
import { useMarketState } from '@/shared/market/hooks'
import { useTradingState } from '@/shared/trading/hooks'
import { callTicket, fillTicket } from '@/shared/trading/ticket'
import { price } from '@/shared/trading/words'
import { Button } from '@/shared/ui/Button'
import { classes } from '@/shared/ui/classes'
import styles from './Blotter.module.css'
import { BlotterTable } from './BlotterTable'
import type { BlotterColumn } from './columns'
import { Empty } from './Empty'

interface Row {
  readonly id: string
  readonly symbol: string
  readonly quantity: Decimal
  readonly average: Decimal | null
  readonly last: string | null
  readonly cost: Decimal
  readonly value: Decimal | null
  readonly profit: Decimal | null
  /** Shares that no open order holds. */
  readonly available: Decimal
  /** Whole lots of them. */
  readonly closable: number
  readonly instrument: Ticker | undefined
}

const plain = (amount: Decimal | null) => amount?.trimmed().toString() ?? null

const COLUMNS: readonly BlotterColumn<Row>[] = [
  { id: 'symbol', header: 'Symbol', kind: 'text', cell: (r) => r.symbol, value: (r) => r.symbol },
  {
    id: 'quantity',
    header: 'Quantity',
    kind: 'number',
    cell: (r) => signed(r.quantity.trimmed()),
    value: (r) => plain(r.quantity),
  },
  {
    id: 'average',
    header: 'Average',
    kind: 'number',
    cell: (r) => (r.average === null ? '–' : price(r.average.trimmed().toString())),
    value: (r) => plain(r.average),
  },
  {
    id: 'last',
    header: 'Last',
    kind: 'number',
    cell: (r) => r.last ?? '–',
    value: (r) => r.last?.replaceAll(',', '') ?? null,
  },
  {
    id: 'value',
    header: 'Value',
    kind: 'number',
    cell: (r) => (r.value === null ? '–' : formatMoney(r.value)),
    value: (r) => plain(r.value),
  },
  {
    id: 'profit',
    header: 'P&L',
    kind: 'number',
    cell: (r) => <Profit profit={r.profit} cost={r.cost} />,
    value: (r) => plain(r.profit),
  },
]

/** What is owned, and what it has gained at the last prices. */
export function PositionsTab({ onShow }: { onShow: (symbol: string) => void }) {
  const records = useTradingState((state) => state.records)
  const held = useMemo(() => positions(records.positions), [records.positions])
  const lasts = useLasts(held.map((position) => position.symbol))
  const market = useMarket()
  const rows = useMemo(
    () =>
      held.map((position, at): Row => {
        const ticker = tickerOf(market, position.symbol)
        const ticks = lasts[at] ?? null
        const holding = {
          quantity: Decimal.parse(position.quantity),
          cost: Decimal.parse(position.cost),
        }
        const last = ticker === undefined || ticks === null ? null : priceOf(ticker, ticks)
        const worth = last === null ? null : valueOf(holding, last)
        const available = availableOf(records, position.symbol)
        const decimals = ticker === undefined ? 4 : Math.max(4, priceDecimals(ticker))
        return {
          id: position.symbol,
          symbol: position.symbol,
          ...holding,
          average: averagePrice(holding, decimals),
          last: ticker === undefined || ticks === null ? null : formatPrice(ticker, ticks),
          value: worth?.value ?? null,
          profit: worth?.profit ?? null,
          available,
          closable: ticker === undefined ? 0 : lotsWithin(ticker, available),
          instrument: ticker,
        }
      }),
    [held, lasts, market, records],
  )
  if (rows.length === 0) {
    return <Empty>No positions. What you buy stands here, with what it gains or loses.</Empty>
  }
  const close = (row: Row) => {
    if (row.instrument === undefined) return
    fillTicket({ instrument: row.instrument, side: 'sell', ticks: null, lots: row.closable })
    callTicket(row.symbol, 'sell')
    onShow(row.symbol)
  }
  return (
    <BlotterTable
      caption="Positions"
      columns={COLUMNS}
      rows={rows}
      actions={(row) => (
        <Button
          kind="quiet"
          disabled={row.closable === 0}
          title={row.closable === 0 ? whyNot(row) : undefined}
          aria-label={`Close ${partOf(row)}${row.symbol}: fill the ticket`}
          onClick={() => close(row)}
        >
          Close {partOf(row)}
        </Button>
      )}
    />
  )
}

/** "130 of 150 ", when open orders or the lot size keep the rest; nothing for the whole position. */
function partOf({ instrument, closable, quantity }: Row): string {
  if (instrument === undefined || closable === 0) return ''
  if (quantityOf(instrument, closable).equals(quantity)) return ''
  return `${formatQuantity(instrument, closable)} of ${grouped(quantity.trimmed().toString())} `
}

function whyNot({ instrument, available }: Row): string {
  if (instrument === undefined) return 'Its market has not been heard yet'
  return available.sign === 0 ? 'Open orders hold all of it' : 'Less than one lot is free'
}

/** Gain or loss: by sign and arrow, and by colour on top. */
function Profit({ profit, cost }: { profit: Decimal | null; cost: Decimal }) {
  if (profit === null) return '–'
  const percent = formatPercent(profit, cost)
  const arrow = profit.sign > 0 ? '▲' : profit.sign < 0 ? '▼' : ''
  return (
    <span className={classes(profit.sign > 0 && styles['up'], profit.sign < 0 && styles['down'])}>
      <span aria-hidden="true" className={styles['direction']}>
        {arrow}
      </span>
      {formatMoney(profit, { sign: 'always' })}
      {percent === null ? null : <span className={styles['percent']}> ({percent})</span>}
    </span>
  )
}

/** Last prices in ticks; another array only when one of them moved. */
function useLasts(symbols: readonly string[]): readonly (number | null)[] {
  return useMarketState(
    useShallow((state: MarketState) =>
      symbols.map((each) => state.tickers.get(each)?.last ?? null),
    ),
  )
}

function tickerOf(market: Market, symbol: string): Ticker | undefined {
  return market.store.getState().tickers.get(symbol)
}
