import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { z } from '@/shared/forms/zod'
import { isOutcomeUnknown } from '@/api/problem'
import { formatMoney } from '@/core/numbers/money'
import { FormProblem } from '@/shared/forms/FormProblem'
import { placeProblem } from '@/shared/forms/placeProblem'
import { useTransfer } from '@/shared/funding/useTransfer'
import { useAccount } from '@/shared/trading/hooks'
import { Button } from '@/shared/ui/Button'
import { TextField } from '@/shared/ui/Field'
import { Panel } from '@/shared/ui/Panel'
import { useToast } from '@/shared/ui/useToast'
import styles from './account.module.css'

const amounts = z.object({
  amount: z
    .string()
    .transform((text) => text.replaceAll(/[,\s$]/g, ''))
    .pipe(
      z
        .string()
        .regex(/^\d{1,12}(\.\d{1,2})?$/, 'Enter an amount in dollars, such as 2,500.00.')
        .refine((text) => /[1-9]/.test(text), 'Enter an amount above zero.'),
    ),
})

const FIRST_DEPOSIT = '100000'

/** Paper cash in and out. */
export function TransferForm() {
  const account = useAccount()
  const transfer = useTransfer()
  const toast = useToast()
  const form = useForm({ resolver: zodResolver(amounts), defaultValues: { amount: '' } })
  const { errors } = form.formState
  const isNew = account !== null && !/[1-9]/.test(account.equity)

  const move = async (kind: 'deposit' | 'withdrawal', amount: string) => {
    try {
      await transfer.mutateAsync({ kind, amount })
    } catch (error) {
      if (isOutcomeUnknown(error)) {
        form.setError('root', {
          message: `It is not known yet whether the ${kind} came about. Send it again: the same ${kind} is made only once.`,
        })
      } else {
        placeProblem(form.setError, error, ['amount'], { insufficient_cash: 'amount' })
      }
      return
    }
    form.reset()
    toast(`${kind === 'deposit' ? 'Deposited' : 'Withdrew'} $${formatMoney(amount)} of paper cash.`)
  }
  const submit = (kind: 'deposit' | 'withdrawal') => () =>
    void form.handleSubmit(({ amount }) => move(kind, amount))()
  const busy = transfer.isPending

  return (
    <Panel title="Paper cash" boxed>
      <form
        className={styles['transfer']}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (!busy) submit('deposit')()
        }}
      >
        {isNew ? (
          <div className={styles['first']}>
            <p>Start with paper cash: it buys on the live market, and it is not money.</p>
            <Button kind="primary" busy={busy} onClick={() => void move('deposit', FIRST_DEPOSIT)}>
              Deposit $100,000 paper cash
            </Button>
          </div>
        ) : null}
        <FormProblem errors={errors} />
        <TextField
          {...form.register('amount')}
          label="Amount in US dollars"
          error={errors.amount?.message}
          inputMode="decimal"
          autoComplete="off"
          placeholder="0.00"
        />
        <div className={styles['acts']}>
          <Button type="submit" busy={busy}>
            Deposit
          </Button>
          <Button busy={busy} onClick={submit('withdrawal')}>
            Withdraw
          </Button>
        </div>
      </form>
    </Panel>
  )
}
