import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { bodyOf } from '@/api/client'
import { requestIdOf, sentenceOf } from '@/api/problem'
import { useApi } from '@/shared/api/context'
import { useIdempotent } from '@/shared/api/useIdempotent'
import { FormProblem } from '@/shared/forms/FormProblem'
import { placeProblem } from '@/shared/forms/placeProblem'
import { Button } from '@/shared/ui/Button'
import { SelectField, TextField } from '@/shared/ui/Field'
import { Panel } from '@/shared/ui/Panel'
import { ErrorState, Skeleton } from '@/shared/ui/States'
import { useToast } from '@/shared/ui/useToast'
import styles from './admin.module.css'
import { findUser } from './findUser'
import { feeTiersQuery, type Risk, riskQuery } from './queries'
import {
  correctionRules,
  type CorrectionValues,
  LIMITS,
  limitRules,
  type LimitValues,
} from './rules'

interface Found {
  readonly id: string
  readonly username: string
}

/** The other side of every correction: the books balance. */
const CORRECTIONS = '00000000-0000-0000-0000-000000000006'

/** One account: what it may do, what it pays, and what is put right in it. */
export function Accounts() {
  const api = useApi()
  const [found, setFound] = useState<Found | null>(null)
  const [name, setName] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const find = useMutation({
    mutationFn: () => findUser(api, name),
    onSuccess: (user) => {
      setFound(user)
      setProblem(user === null ? 'There is no user of that name.' : null)
    },
    onError: (error) => setProblem(sentenceOf(error)),
  })
  return (
    <Panel title="Accounts" boxed>
      <form
        className={styles['form']}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (!find.isPending) find.mutate()
        }}
      >
        <TextField
          label="Account of the user"
          value={name}
          error={problem ?? undefined}
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setName(event.target.value)}
        />
        <Button type="submit" busy={find.isPending}>
          Show the account
        </Button>
      </form>
      {found === null ? null : <One key={found.id} user={found} />}
    </Panel>
  )
}

function One({ user }: { user: Found }) {
  const { data: risk, error, refetch } = useQuery(riskQuery(useApi(), user.id))
  if (risk === undefined) {
    return error === null ? (
      <Skeleton rows={6} />
    ) : (
      <ErrorState
        requestId={requestIdOf(error)}
        action={<Button onClick={() => void refetch()}>Read it again</Button>}
      >
        {sentenceOf(error)}.
      </ErrorState>
    )
  }
  return (
    <>
      <LimitsForm user={user} risk={risk} />
      <TierForm user={user} accountId={risk.account_id} />
      <CorrectionForm user={user} accountId={risk.account_id} />
    </>
  )
}

/** Limits of its own; what is empty is as the house has it. */
function LimitsForm({ user, risk }: { user: Found; risk: Risk }) {
  const api = useApi()
  const queries = useQueryClient()
  const toast = useToast()
  const { register, handleSubmit, formState, setError } = useForm<LimitValues>({
    resolver: zodResolver(limitRules),
    defaultValues: {
      blocked: risk.blocked,
      ...Object.fromEntries(LIMITS.map(({ name }) => [name, risk[name]?.toString() ?? ''])),
    },
  })
  const { errors, isSubmitting } = formState
  const submit = handleSubmit(async ({ blocked, ...limits }) => {
    const body = {
      blocked,
      ...Object.fromEntries(
        LIMITS.map(({ name, isCount }) => {
          const text = limits[name]
          return [name, text === '' ? null : isCount ? Number(text) : text]
        }),
      ),
    }
    try {
      await api.trading.PUT('/v1/admin/accounts/{account_id}/risk', {
        params: { path: { account_id: user.id } },
        body,
      })
      toast(`The limits of ${user.username} are set.`)
    } catch (error) {
      placeProblem(
        setError,
        error,
        LIMITS.map(({ name }) => name),
      )
    }
    void queries.invalidateQueries(riskQuery(api, user.id))
  })
  return (
    <form
      className={styles['form']}
      noValidate
      aria-label={`Limits of ${user.username}`}
      onSubmit={(event) => void submit(event)}
    >
      <h3>Limits of {user.username}</h3>
      {risk.trade_suspended ? <p>Its owner has suspended its trading.</p> : null}
      <FormProblem errors={errors} />
      <div className={styles['pair']}>
        {LIMITS.map(({ name, label }) => (
          <TextField
            key={name}
            {...register(name)}
            label={label}
            note={`house: ${risk.defaults[name]?.toString() ?? 'none'}`}
            error={errors[name]?.message}
            inputMode="decimal"
            autoComplete="off"
          />
        ))}
      </div>
      <label className={styles['switch']}>
        <input type="checkbox" {...register('blocked')} />
        Blocked: none of its orders is taken
      </label>
      <Button type="submit" kind="primary" busy={isSubmitting}>
        Set the limits
      </Button>
    </form>
  )
}

function TierForm({ user, accountId }: { user: Found; accountId: string }) {
  const api = useApi()
  const toast = useToast()
  const tiers = useQuery(feeTiersQuery(api)).data
  const [tier, setTier] = useState('')
  const change = useMutation({
    mutationFn: () =>
      bodyOf(
        api.trading.PUT('/v1/admin/accounts/{account_id}/fee-tier', {
          params: { path: { account_id: accountId } },
          body: { tier },
        }),
      ),
    onSuccess: (set) =>
      toast(
        `${user.username} pays as ${set.tier}: maker ${set.maker_rate}, taker ${set.taker_rate}.`,
      ),
  })
  return (
    <form
      className={styles['form']}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (tier !== '' && !change.isPending) change.mutate()
      }}
    >
      <SelectField
        label={`Fee tier of ${user.username}`}
        value={tier}
        error={change.error === null ? undefined : sentenceOf(change.error)}
        onChange={(event) => setTier(event.target.value)}
      >
        <option value="">Choose one</option>
        {tiers?.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </SelectField>
      <Button type="submit" busy={change.isPending} disabled={tier === ''}>
        Set the tier
      </Button>
    </form>
  )
}

/** Puts something right: never by changing what was booked, always by a booking of its own. */
function CorrectionForm({ user, accountId }: { user: Found; accountId: string }) {
  const api = useApi()
  const toast = useToast()
  const once = useIdempotent()
  const { register, handleSubmit, formState, setError, reset } = useForm<CorrectionValues>({
    resolver: zodResolver(correctionRules),
    defaultValues: { asset: 'USD', amount: '', reason: '' },
  })
  const { errors, isSubmitting } = formState
  const submit = handleSubmit(async ({ asset, amount, reason }) => {
    const against = amount.startsWith('-') ? amount.slice(1) : `-${amount}`
    const legs = [
      { account_id: accountId, asset, amount },
      { account_id: CORRECTIONS, asset, amount: against },
    ]
    try {
      await once([accountId, asset, amount, reason].join('\n'), (key) =>
        bodyOf(
          api.trading.POST('/v1/admin/corrections', {
            params: { header: { 'idempotency-key': key } },
            body: { reason, legs },
          }),
        ),
      )
      reset()
      toast(`${amount} ${asset} is booked for ${user.username}.`)
    } catch (error) {
      placeProblem(setError, error, ['amount', 'asset', 'reason'], {
        balance_too_small: 'amount',
      })
    }
  })
  return (
    <form className={styles['form']} noValidate onSubmit={(event) => void submit(event)}>
      <h3>Correct the books of {user.username}</h3>
      <FormProblem errors={errors} />
      <div className={styles['pair']}>
        <TextField
          {...register('asset')}
          label="USD or a symbol"
          error={errors.asset?.message}
          autoComplete="off"
        />
        <TextField
          {...register('amount')}
          label="Amount, negative to take"
          error={errors.amount?.message}
          inputMode="text"
          autoComplete="off"
        />
      </div>
      <TextField
        {...register('reason')}
        label="Reason of the correction"
        error={errors.reason?.message}
        autoComplete="off"
      />
      <Button type="submit" busy={isSubmitting}>
        Book the correction
      </Button>
    </form>
  )
}
