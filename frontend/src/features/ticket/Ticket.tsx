import type { ReactNode } from 'react'
import { sentenceOf } from '@/api/problem'
import { Decimal } from '@/core/numbers/decimal'
import type { Side } from '@/core/orders/order'
import { useInstruments } from '@/shared/api/useInstruments'
import { useHotkey } from '@/shared/keys/context'
import { useActiveInstrument, useActiveSymbol } from '@/shared/market/hooks'
import { useTransfer } from '@/shared/funding/useTransfer'
import { useTrading } from '@/shared/trading/context'
import { useAccount, usePositions } from '@/shared/trading/hooks'
import { callTicket } from '@/shared/trading/ticket'
import { Button } from '@/shared/ui/Button'
import { Panel } from '@/shared/ui/Panel'
import { Skeleton } from '@/shared/ui/States'
import { TicketForm } from './TicketForm'
import styles from './Ticket.module.css'

const FIRST_DEPOSIT = '100000'

/** Where orders are written. `invitation` stands here while nobody is signed in. */
export function Ticket({ invitation }: { invitation: ReactNode }) {
  const trading = useTrading()
  const instrument = useActiveInstrument()
  const symbol = useActiveSymbol()
  const instruments = useInstruments()
  useTicketKey('b', 'buy', symbol)
  useTicketKey('s', 'sell', symbol)
  if (trading === null) return <Panel title="Ticket">{invitation}</Panel>
  return (
    <Panel title="Ticket">
      <FirstDeposit />
      {instrument === null ? (
        <Skeleton rows={8} />
      ) : (
        <TicketForm
          instrument={instrument}
          isByAmount={instruments?.find((each) => each.symbol === symbol)?.fractionable === true}
          trading={trading}
        />
      )}
    </Panel>
  )
}

function useTicketKey(key: string, side: Side, symbol: string | null): void {
  useHotkey(
    {
      key,
      does: side === 'buy' ? 'Write a buy order' : 'Write a sell order',
      group: 'Trading',
      run: () => symbol !== null && callTicket(symbol, side),
    },
    { enabled: symbol !== null },
  )
}

/** Paper cash is one click away for whoever has nothing yet. */
function FirstDeposit() {
  const account = useAccount()
  const positions = usePositions()
  const { mutate, isPending, error } = useTransfer()
  if (account === null || positions.size > 0 || Decimal.parse(account.cash).sign > 0) return null
  return (
    <div className={styles['deposit']}>
      <p>You have no cash yet. Paper cash is free.</p>
      <Button
        kind="primary"
        busy={isPending}
        onClick={() => mutate({ kind: 'deposit', amount: FIRST_DEPOSIT })}
      >
        Deposit $100,000 paper cash
      </Button>
      {error === null ? null : <p role="alert">{sentenceOf(error)}</p>}
    </div>
  )
}
