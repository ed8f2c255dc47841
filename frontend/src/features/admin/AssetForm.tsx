import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useForm } from 'react-hook-form'
import { bodyOf } from '@/api/client'
import { useApi } from '@/shared/api/context'
import { assetsQuery } from '@/shared/api/queries'
import { FormProblem } from '@/shared/forms/FormProblem'
import { placeProblem } from '@/shared/forms/placeProblem'
import { Button } from '@/shared/ui/Button'
import { SelectField, TextField } from '@/shared/ui/Field'
import { useToast } from '@/shared/ui/useToast'
import styles from './admin.module.css'
import { assetRules, type AssetValues } from './rules'

const EMPTY: AssetValues = {
  symbol: '',
  name: '',
  class: 'us_equity',
  tick_size: '0.01',
  lot_size: '1',
}

/** Opens the market of a new asset. Its tick and lot never change afterwards. */
export function AssetForm() {
  const api = useApi()
  const queries = useQueryClient()
  const toast = useToast()
  const create = useMutation({
    mutationFn: (body: AssetValues) => bodyOf(api.trading.POST('/v1/admin/assets', { body })),
    onSettled: () => queries.invalidateQueries(assetsQuery(api)),
  })
  const { register, handleSubmit, formState, setError, reset } = useForm<AssetValues>({
    resolver: zodResolver(assetRules),
    defaultValues: EMPTY,
  })
  const { errors } = formState
  const submit = handleSubmit(async (values) => {
    try {
      const { symbol } = await create.mutateAsync(values)
      reset()
      toast(`${symbol} is listed.`)
    } catch (error) {
      placeProblem(setError, error, ['symbol', 'name', 'tick_size', 'lot_size'], {
        asset_exists: 'symbol',
      })
    }
  })
  return (
    <form className={styles['form']} noValidate onSubmit={(event) => void submit(event)}>
      <FormProblem errors={errors} />
      <div className={styles['pair']}>
        <TextField
          {...register('symbol')}
          label="Symbol"
          error={errors.symbol?.message}
          autoCapitalize="characters"
          autoComplete="off"
          spellCheck={false}
        />
        <SelectField {...register('class')} label="Class" error={errors.class?.message}>
          <option value="us_equity">Equity</option>
          <option value="crypto">Crypto</option>
        </SelectField>
      </div>
      <TextField
        {...register('name')}
        label="Name"
        error={errors.name?.message}
        autoComplete="off"
      />
      <div className={styles['pair']}>
        <TextField
          {...register('tick_size')}
          label="Tick: the step of prices"
          error={errors.tick_size?.message}
          inputMode="decimal"
          autoComplete="off"
        />
        <TextField
          {...register('lot_size')}
          label="Lot: the step of quantities"
          error={errors.lot_size?.message}
          inputMode="decimal"
          autoComplete="off"
        />
      </div>
      <Button type="submit" kind="primary" busy={create.isPending}>
        List the asset
      </Button>
    </form>
  )
}
