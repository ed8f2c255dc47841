import { Decimal } from '@/core/numbers/decimal'
import { formatMoney } from '@/core/numbers/money'
import type { Account } from '@/core/orders/documents'
import { useAccount } from '@/shared/trading/hooks'
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
    </dl>
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
