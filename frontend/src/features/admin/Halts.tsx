import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm, useWatch } from 'react-hook-form'
import { bodyOf, type Api } from '@/api/client'
import { requestIdOf, sentenceOf } from '@/api/problem'
import { useApi } from '@/shared/api/context'
import { FormProblem } from '@/shared/forms/FormProblem'
import { placeProblem } from '@/shared/forms/placeProblem'
import { moment } from '@/shared/trading/words'
import { Button } from '@/shared/ui/Button'
import { Dialog } from '@/shared/ui/Dialog'
import { SelectField, TextField } from '@/shared/ui/Field'
import { Panel } from '@/shared/ui/Panel'
import { EmptyState, ErrorState, Skeleton } from '@/shared/ui/States'
import { Cell, Column, Table } from '@/shared/ui/Table'
import { useToast } from '@/shared/ui/useToast'
import styles from './admin.module.css'
import { findUser } from './findUser'
import { type Halt, haltsQuery } from './queries'
import { haltRules, type HaltValues } from './rules'

/** What is about to be halted, once it is known that it is there. */
interface Target {
  readonly scope: Halt['scope']
  /** A user's id or a symbol; null for all. */
  readonly target: string | null
  /** What people call it. */
  readonly name: string
  readonly reason: string
}

/** The kill switch: takes no more orders of all, of one account or for one symbol, and cancels the open ones. */
export function Halts({ symbols }: { symbols: readonly string[] }) {
  const api = useApi()
  const [asked, setAsked] = useState<Target | null>(null)
  const { register, handleSubmit, formState, setError, control, reset } = useForm<HaltValues>({
    resolver: zodResolver(haltRules),
    defaultValues: { scope: 'symbol', symbol: '', user: '', reason: '' },
  })
  const { errors, isSubmitting } = formState
  const scope = useWatch({ control, name: 'scope' })
  const submit = handleSubmit(async ({ scope: kind, symbol, user, reason }) => {
    try {
      if (kind !== 'account') {
        const target = kind === 'symbol' ? symbol : null
        setAsked({ scope: kind, target, name: target ?? 'everything', reason })
        return
      }
      const found = await findUser(api, user)
      if (found === null) setError('user', { message: 'There is no user of that name.' })
      else setAsked({ scope: kind, target: found.id, name: found.username, reason })
    } catch (error) {
      placeProblem(setError, error, ['user'])
    }
  })
  return (
    <Panel title="Kill switch" boxed>
      <form className={styles['form']} noValidate onSubmit={(event) => void submit(event)}>
        <FormProblem errors={errors} />
        <div className={styles['pair']}>
          <SelectField {...register('scope')} label="Halt">
            <option value="symbol">One symbol</option>
            <option value="account">One account</option>
            <option value="all">Everything</option>
          </SelectField>
          {scope === 'symbol' ? (
            <SelectField
              {...register('symbol')}
              label="Symbol to halt"
              error={errors.symbol?.message}
            >
              <option value="">Choose one</option>
              {symbols.map((symbol) => (
                <option key={symbol}>{symbol}</option>
              ))}
            </SelectField>
          ) : null}
          {scope === 'account' ? (
            <TextField
              {...register('user')}
              label="User to halt"
              error={errors.user?.message}
              autoCapitalize="none"
              autoComplete="off"
              spellCheck={false}
            />
          ) : null}
        </div>
        <TextField
          {...register('reason')}
          label="Reason"
          hint="Everybody whose order is refused reads it."
          error={errors.reason?.message}
          autoComplete="off"
        />
        <Button type="submit" kind="danger" busy={isSubmitting}>
          {scope === 'all' ? 'Halt everything' : 'Halt it'}
        </Button>
      </form>
      <Confirm target={asked} onClose={() => setAsked(null)} onDone={() => reset()} />
      <InForce />
    </Panel>
  )
}

/** Asks once more: this cancels other people's orders. */
function Confirm({
  target,
  onClose,
  onDone,
}: {
  target: Target | null
  onClose: () => void
  onDone: () => void
}) {
  const api = useApi()
  const queries = useQueryClient()
  const toast = useToast()
  const halt = useMutation({
    mutationFn: (what: Target) => putHalt(api, what),
    onSettled: () => queries.invalidateQueries(haltsQuery(api)),
    onSuccess: ({ open_orders: left }, { name }) => {
      const rest = left === 0 ? 'No order is open any more.' : `${left} orders are still open.`
      toast(`Trading of ${name} is halted. ${rest}`)
      onDone()
      onClose()
    },
  })
  const close = () => {
    halt.reset()
    onClose()
  }
  return (
    <Dialog
      open={target !== null}
      onClose={close}
      title={`Halt ${target?.name ?? ''}?`}
      description="No order of it is taken from now on, and every open one is cancelled. Resuming does not bring them back."
      actions={
        <>
          <Button onClick={close}>Let it trade</Button>
          <Button
            kind="danger"
            busy={halt.isPending}
            onClick={() => {
              if (target !== null) halt.mutate(target)
            }}
          >
            Halt {target?.name ?? ''} and cancel its orders
          </Button>
        </>
      }
    >
      <p>Reason: {target?.reason}</p>
      {halt.error === null ? null : (
        <p role="alert" className={styles['problem']}>
          {sentenceOf(halt.error)}
        </p>
      )}
    </Dialog>
  )
}

async function putHalt(api: Api, { scope, target, reason }: Target) {
  const body = { reason }
  if (scope === 'all' || target === null) {
    return bodyOf(api.trading.PUT('/v1/admin/halts/all', { body }))
  }
  return scope === 'account'
    ? bodyOf(
        api.trading.PUT('/v1/admin/halts/accounts/{account_id}', {
          params: { path: { account_id: target } },
          body,
        }),
      )
    : bodyOf(
        api.trading.PUT('/v1/admin/halts/symbols/{symbol}', {
          params: { path: { symbol: target } },
          body,
        }),
      )
}

async function liftHalt(api: Api, { scope, target }: Halt): Promise<void> {
  if (scope === 'all' || target === null) {
    await api.trading.DELETE('/v1/admin/halts/all')
  } else if (scope === 'account') {
    const params = { path: { account_id: target } }
    await api.trading.DELETE('/v1/admin/halts/accounts/{account_id}', { params })
  } else {
    const params = { path: { symbol: target } }
    await api.trading.DELETE('/v1/admin/halts/symbols/{symbol}', { params })
  }
}

/** What is halted now; each can be let go. */
function InForce() {
  const api = useApi()
  const queries = useQueryClient()
  const toast = useToast()
  const { data: halts, error, isPending, refetch } = useQuery(haltsQuery(api))
  const lift = useMutation({
    mutationFn: (halt: Halt) => liftHalt(api, halt),
    onSettled: () => queries.invalidateQueries(haltsQuery(api)),
    onSuccess: (_, halt) => toast(`${nameOf(halt)} trades again.`),
    onError: (problem) => toast(sentenceOf(problem), 'problem'),
  })
  if (isPending) return <Skeleton rows={2} />
  if (halts === undefined) {
    return (
      <ErrorState
        requestId={requestIdOf(error)}
        action={<Button onClick={() => void refetch()}>Read what is halted again</Button>}
      >
        What is halted could not be read. {sentenceOf(error)}.
      </ErrorState>
    )
  }
  if (halts.length === 0) {
    return <EmptyState>Nothing is halted.</EmptyState>
  }
  return (
    <Table caption="Halted now">
      <thead>
        <tr>
          <Column>Halted</Column>
          <Column>Reason</Column>
          <Column>Since</Column>
          <Column>
            <span className="visually-hidden">Act</span>
          </Column>
        </tr>
      </thead>
      <tbody>
        {halts.map((halt) => (
          <tr key={`${halt.scope} ${halt.target ?? ''}`}>
            <Cell>{nameOf(halt)}</Cell>
            <Cell>{halt.reason}</Cell>
            <Cell>{moment(halt.set_at)}</Cell>
            <Cell>
              <Button
                kind="quiet"
                busy={lift.isPending}
                aria-label={`Let ${nameOf(halt)} trade again`}
                onClick={() => lift.mutate(halt)}
              >
                Resume
              </Button>
            </Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function nameOf({ scope, target }: Halt): string {
  return scope === 'all'
    ? 'Everything'
    : scope === 'account'
      ? `Account ${target ?? ''}`
      : (target ?? '')
}
