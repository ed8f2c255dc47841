import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useForm } from 'react-hook-form'
import { z } from '@/shared/forms/zod'
import { bodyOf } from '@/api/client'
import { useApi } from '@/shared/api/context'
import { FormProblem } from '@/shared/forms/FormProblem'
import { placeProblem } from '@/shared/forms/placeProblem'
import { useUser } from '@/shared/session/context'
import { Button } from '@/shared/ui/Button'
import { TextField } from '@/shared/ui/Field'
import styles from './apiKeys.module.css'
import { apiKeysQuery, type ApiKeyWithSecret, type Scope } from './queries'

const SCOPES: readonly { scope: Scope; says: string; role?: 'admin' | 'auditor' }[] = [
  { scope: 'trading:read', says: 'read orders, positions and balances' },
  { scope: 'trading:write', says: 'place and cancel orders, move paper cash' },
  { scope: 'admin', says: 'list assets, grant shares, change users', role: 'admin' },
  { scope: 'audit', says: 'read the audit log', role: 'auditor' },
]

const rules = z.object({
  name: z
    .string()
    .trim()
    .min(1, 'Give the key a name, such as the program it is for.')
    .max(64, 'Use at most 64 characters.'),
  scopes: z
    .array(z.enum(['trading:read', 'trading:write', 'admin', 'audit']))
    .min(1, 'Choose at least one scope.'),
})

type Values = z.infer<typeof rules>

/** A name and what the key may do: never more than its owner. */
export function NewKeyForm({ onCreated }: { onCreated: (key: ApiKeyWithSecret) => void }) {
  const api = useApi()
  const queries = useQueryClient()
  const roles = useUser()?.roles ?? []
  const create = useMutation({
    mutationFn: (body: Values) => bodyOf(api.auth.POST('/v1/auth/api-keys', { body })),
    onSettled: () => queries.invalidateQueries(apiKeysQuery(api)),
  })
  const { register, handleSubmit, formState, setError, reset } = useForm<Values>({
    resolver: zodResolver(rules),
    defaultValues: { name: '', scopes: ['trading:read', 'trading:write'] },
  })
  const { errors } = formState
  const submit = handleSubmit(async (values) => {
    try {
      const created = await create.mutateAsync(values)
      reset()
      onCreated(created)
    } catch (error) {
      placeProblem(setError, error, ['name', 'scopes'])
    }
  })
  return (
    <form className={styles['form']} noValidate onSubmit={(event) => void submit(event)}>
      <FormProblem errors={errors} />
      <TextField
        {...register('name')}
        label="Name"
        error={errors.name?.message}
        autoComplete="off"
        maxLength={64}
      />
      <fieldset className={styles['scopes']}>
        <legend>It may</legend>
        {SCOPES.filter(({ role }) => role === undefined || roles.includes(role)).map(
          ({ scope, says }) => (
            <label key={scope}>
              <input type="checkbox" value={scope} {...register('scopes')} />
              <span>
                {says} <code>{scope}</code>
              </span>
            </label>
          ),
        )}
        {errors.scopes?.message ? <p role="alert">{errors.scopes.message}</p> : null}
      </fieldset>
      <Button type="submit" kind="primary" busy={create.isPending}>
        Create key
      </Button>
    </form>
  )
}
