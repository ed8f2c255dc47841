import { useShallow } from 'zustand/react/shallow'
import { Decimal } from '@/core/numbers/decimal'
import type { MarketState } from '@/core/market/state'
import { priceText } from '@/core/numbers/instrument'
import { formatMoney } from '@/core/numbers/money'
import type { Account } from '@/core/orders/documents'
import { valueOf } from '@/core/portfolio/profit'
import { useMarketState } from '@/shared/market/hooks'
import { useAccount, usePositions } from '@/shared/trading/hooks'
import { Loaded } from '@/shared/trading/Loaded'
import { useEquity } from '@/shared/trading/useEquity'
import { Panel } from '@/shared/ui/Panel'
import styles from './account.module.css'

/** What one has, in US dollars of paper: the header's figures, and those behind them. */
export function Balances() {
  const account = useAccount()
  return (
    <Panel title="Balances" boxed>
      <Loaded rows={5}>{() => (account === null ? null : <Figures account={account} />)}</Loaded>
    </Panel>
  )
}

function Figures({ account }: { account: Account }) {
  const equity = Decimal.parse(useEquity() ?? account.equity)
  return (
    <dl className={styles['balances']}>
      <Figure name="Equity" hint="cash and positions at their last price" amount={equity} main />
      <Figure name="Cash" amount={account.cash} />
      <Figure
        name="Buying power"
        hint="cash that no open order holds"
        amount={account.buyingPower}
      />
      <Figure
        name="Positions"
        hint="at their last price"
        amount={equity.minus(Decimal.parse(account.cash))}
      />
      <Gains account={account} />
    </dl>
  )
}

/** What was gained and what it cost, as far as the platform tells. */
function Gains({ account: { figures } }: { account: Account }) {
  const positions = usePositions()
  const lasts = useLastPrices([...positions.keys()])
  if (figures === undefined) return null
  const { realizedProfit, feeTier, makerFeeRate, takerFeeRate, inTransit } = figures
  const unrealized = [...positions.values()].reduce<Decimal | null>((sum, position) => {
    const last = lasts.get(position.symbol)
    if (sum === null || last === undefined) return null
    const holding = {
      quantity: Decimal.parse(position.quantity),
      cost: Decimal.parse(position.cost),
    }
    return sum.plus(valueOf(holding, last).profit)
  }, Decimal.ZERO)
  return (
    <>
      <Gain name="Unrealised P&L" hint="of what is held, at the last prices" amount={unrealized} />
      {realizedProfit === null ? null : (
        <Gain
          name="Realised P&L"
          hint="of what was sold, fees included"
          amount={Decimal.parse(realizedProfit)}
        />
      )}
      {inTransit === null || Decimal.parse(inTransit).sign === 0 ? null : (
        <Figure name="In transit" hint="deposits that are on their way" amount={inTransit} />
      )}
      {feeTier === null || makerFeeRate === null || takerFeeRate === null ? null : (
        <div>
          <dt>
            Fees<small>tier {feeTier}</small>
          </dt>
          <dd>
            {percent(makerFeeRate)} making, {percent(takerFeeRate)} taking
          </dd>
        </div>
      )}
    </>
  )
}

function percent(rate: string): string {
  return `${Decimal.parse(rate).times(Decimal.of(100)).trimmed().toString()} %`
}

/** By sign, not by colour alone; a dash while a price is missing. */
function Gain({ name, hint, amount }: { name: string; hint: string; amount: Decimal | null }) {
  return (
    <div>
      <dt>
        {name}
        <small>{hint}</small>
      </dt>
      <dd>{amount === null ? '–' : formatMoney(amount, { sign: 'always' })}</dd>
    </div>
  )
}

function useLastPrices(symbols: readonly string[]): ReadonlyMap<string, Decimal> {
  const prices = useMarketState(
    useShallow(({ tickers }: MarketState) =>
      symbols.map((symbol) => {
        const ticker = tickers.get(symbol)
        return ticker === undefined || ticker.last === null ? null : priceText(ticker, ticker.last)
      }),
    ),
  )
  return new Map(
    prices.flatMap((price, at) =>
      price === null ? [] : [[symbols[at] ?? '', Decimal.parse(price)] as const],
    ),
  )
}

function Figure({
  name,
  hint,
  amount,
  main = false,
}: {
  name: string
  hint?: string
  amount: string | Decimal
  main?: boolean
}) {
  return (
    <div>
      <dt>
        {name}
        {hint === undefined ? null : <small>{hint}</small>}
      </dt>
      <dd className={main ? styles['main'] : undefined}>{formatMoney(amount)}</dd>
    </div>
  )
}
