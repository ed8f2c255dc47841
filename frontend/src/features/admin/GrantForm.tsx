import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation } from '@tanstack/react-query'
import { useForm } from 'react-hook-form'
import { bodyOf } from '@/api/client'
import { useApi } from '@/shared/api/context'
import { useIdempotent } from '@/shared/api/useIdempotent'
import { FormProblem } from '@/shared/forms/FormProblem'
import { placeProblem } from '@/shared/forms/placeProblem'
import { useTrading } from '@/shared/trading/context'
import { Button } from '@/shared/ui/Button'
import { SelectField, TextField } from '@/shared/ui/Field'
import { useToast } from '@/shared/ui/useToast'
import styles from './admin.module.css'
import { findUser } from './findUser'
import { grantRules, type GrantValues } from './rules'

/** Gives shares to a user, so that a new market has somebody to sell. */
export function GrantForm({ symbols }: { symbols: readonly string[] }) {
  const api = useApi()
  const trading = useTrading()
  const toast = useToast()
  const once = useIdempotent()
  const grant = useMutation({
    mutationFn: ({ symbol, userId, qty }: { symbol: string; userId: string; qty: string }) =>
      once([symbol, userId, qty].join(), (key) =>
        bodyOf(
          api.trading.POST('/v1/admin/assets/{symbol}/grants', {
            params: { path: { symbol }, header: { 'idempotency-key': key } },
            body: { user_id: userId, qty },
          }),
        ),
      ),
    // It may have been for whoever gives it.
    onSettled: () => trading?.refresh(),
  })
  const { register, handleSubmit, formState, setError, resetField } = useForm<GrantValues>({
    resolver: zodResolver(grantRules),
    defaultValues: { symbol: '', user: '', qty: '' },
  })
  const { errors, isSubmitting } = formState
  const submit = handleSubmit(async ({ symbol, user, qty }) => {
    try {
      const found = await findUser(api, user)
      if (found === null) {
        setError('user', { message: 'There is no user of that name.' }, { shouldFocus: true })
        return
      }
      await grant.mutateAsync({ symbol, userId: found.id, qty })
      resetField('qty')
      toast(`${found.username} has ${qty} more ${symbol}.`)
    } catch (error) {
      placeProblem(setError, error, ['qty', 'symbol'], {
        user_id: 'user',
        account_id: 'user',
        not_found: 'user',
      })
    }
  })
  return (
    <form className={styles['form']} noValidate onSubmit={(event) => void submit(event)}>
      <FormProblem errors={errors} />
      <TextField
        {...register('user')}
        label="To the user"
        error={errors.user?.message}
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
      />
      <div className={styles['pair']}>
        <SelectField {...register('symbol')} label="Asset" error={errors.symbol?.message}>
          <option value="">Choose one</option>
          {symbols.map((symbol) => (
            <option key={symbol}>{symbol}</option>
          ))}
        </SelectField>
        <TextField
          {...register('qty')}
          label="Shares"
          error={errors.qty?.message}
          inputMode="decimal"
          autoComplete="off"
        />
      </div>
      <Button type="submit" busy={isSubmitting}>
        Grant the shares
      </Button>
    </form>
  )
}
