import { zodResolver } from '@hookform/resolvers/zod'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useForm } from 'react-hook-form'
import { bodyOf } from '@/api/client'
import { sentenceOf } from '@/api/problem'
import { useApi } from '@/shared/api/context'
import { FormProblem } from '@/shared/forms/FormProblem'
import { placeProblem } from '@/shared/forms/placeProblem'
import { Button } from '@/shared/ui/Button'
import { TextField } from '@/shared/ui/Field'
import { Panel } from '@/shared/ui/Panel'
import { ErrorState, Skeleton } from '@/shared/ui/States'
import { Cell, Column, Table } from '@/shared/ui/Table'
import { useToast } from '@/shared/ui/useToast'
import styles from './admin.module.css'
import { feeTiersQuery } from './queries'
import { tierRules, type TierValues } from './rules'

/** What accounts pay, by tier. An order keeps the rates that it was placed with. */
export function FeeTiers() {
  const api = useApi()
  const queries = useQueryClient()
  const toast = useToast()
  const { data: tiers, error } = useQuery(feeTiersQuery(api))
  const { register, handleSubmit, formState, setError, reset } = useForm<TierValues>({
    resolver: zodResolver(tierRules),
    defaultValues: { name: '', maker_rate: '', taker_rate: '' },
  })
  const { errors, isSubmitting } = formState
  const submit = handleSubmit(async ({ name, ...rates }) => {
    try {
      await bodyOf(
        api.trading.PUT('/v1/admin/fee-tiers/{name}', { params: { path: { name } }, body: rates }),
      )
      reset()
      toast(`The fee tier ${name} is set.`)
    } catch (problem) {
      placeProblem(setError, problem, ['name', 'maker_rate', 'taker_rate'])
    }
    void queries.invalidateQueries(feeTiersQuery(api))
  })
  return (
    <Panel title="Fee tiers" boxed>
      {tiers === undefined ? (
        error === null ? (
          <Skeleton rows={2} />
        ) : (
          <ErrorState>The fee tiers could not be read. {sentenceOf(error)}.</ErrorState>
        )
      ) : (
        <Table caption="Fee tiers">
          <thead>
            <tr>
              <Column>Tier</Column>
              <Column number>Maker</Column>
              <Column number>Taker</Column>
            </tr>
          </thead>
          <tbody>
            {tiers.map((tier) => (
              <tr key={tier.name}>
                <Cell>{tier.name}</Cell>
                <Cell number>{tier.maker_rate}</Cell>
                <Cell number>{tier.taker_rate}</Cell>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      <form className={styles['form']} noValidate onSubmit={(event) => void submit(event)}>
        <FormProblem errors={errors} />
        <TextField
          {...register('name')}
          label="Tier, new or known"
          error={errors.name?.message}
          autoComplete="off"
        />
        <div className={styles['pair']}>
          <TextField
            {...register('maker_rate')}
            label="Maker rate"
            hint="0.0025 is 0.25 %."
            error={errors.maker_rate?.message}
            inputMode="decimal"
            autoComplete="off"
          />
          <TextField
            {...register('taker_rate')}
            label="Taker rate"
            error={errors.taker_rate?.message}
            inputMode="decimal"
            autoComplete="off"
          />
        </div>
        <Button type="submit" busy={isSubmitting}>
          Set the tier’s rates
        </Button>
      </form>
    </Panel>
  )
}
