import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { useForm } from 'react-hook-form'
import { bodyOf } from '@/api/client'
import { isOutcomeUnknown } from '@/api/problem'
import { useApi } from '@/shared/api/context'
import { FormProblem } from '@/shared/forms/FormProblem'
import { placeProblem } from '@/shared/forms/placeProblem'
import { Button } from '@/shared/ui/Button'
import { SelectField, TextField } from '@/shared/ui/Field'
import { useToast } from '@/shared/ui/useToast'
import styles from './admin.module.css'
import { findUser } from './findUser'
import { grantRules, type GrantValues } from './rules'

/** Gives shares to a user, so that a new market has somebody to sell. */
export function GrantForm({ symbols }: { symbols: readonly string[] }) {
  const api = useApi()
  const queries = useQueryClient()
  const toast = useToast()
  /** Kept while it is not known whether the same grant came about. */
  const pending = useRef<{ of: string; key: string } | null>(null)
  const grant = useMutation({
    mutationFn: async ({
      symbol,
      userId,
      qty,
    }: {
      symbol: string
      userId: string
      qty: string
    }) => {
      const of = [symbol, userId, qty].join()
      const key = pending.current?.of === of ? pending.current.key : crypto.randomUUID()
      pending.current = { of, key }
      try {
        const done = await bodyOf(
          api.trading.POST('/v1/admin/assets/{symbol}/grants', {
            params: { path: { symbol }, header: { 'idempotency-key': key } },
            body: { user_id: userId, qty },
          }),
        )
        pending.current = null
        return done
      } catch (error) {
        if (!isOutcomeUnknown(error)) pending.current = null
        throw error
      }
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['account'] }),
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
