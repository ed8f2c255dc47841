import {
  type KeyboardEvent,
  lazy,
  Suspense,
  type SyntheticEvent,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react'
import { canTrade } from '@/core/market/canTrade'
import { Decimal } from '@/core/numbers/decimal'
import { type Increments, priceText } from '@/core/numbers/instrument'
import { stepped } from '@/core/numbers/stepping'
import { availableOf } from '@/core/orders/selectors'
import { currentSubmission } from '@/core/orders/submission'
import type { OrderRequest, TimeInForce } from '@/core/orders/terms'
import type { Trading } from '@/core/orders/trading'
import { useMarket } from '@/shared/market/context'
import { useLastTicks } from '@/shared/market/hooks'
import { useTradingState } from '@/shared/trading/hooks'
import {
  changeTicket,
  NO_TEXTS,
  type TicketForm as Form,
  type TicketTexts,
  type TicketType,
  useTicketCalls,
  useTicketForm,
} from '@/shared/trading/ticket'
import { useTradingBlock } from '@/shared/trading/useTradingBlock'
import { TIME_IN_FORCE, TYPE } from '@/shared/trading/words'
import { Button } from '@/shared/ui/Button'
import { SelectField, TextField } from '@/shared/ui/Field'
import { ExitFields } from './ExitFields'
import { type Field, fieldsOf, hasOwnTerms, timeInForceOf, timesInForce } from './fields'
import { Outcomes } from './Outcomes'
import { type Means, previewOf, previewOfAmount } from './preview'
import { PreviewLines } from './PreviewLines'
import { PriceFields } from './PriceFields'
import { actOf, boundOf, readTicket } from './reading'
import { refusalOf } from './refusals'
import { SideChoice } from './SideChoice'
import { SizeFields } from './SizeFields'
import styles from './Ticket.module.css'

/** What few orders say: loaded when somebody opens it. */
const MoreTerms = lazy(() => import('./MoreTerms'))

interface Props {
  instrument: Increments
  /** Whether it can be bought and sold by an amount of cash. */
  isByAmount: boolean
  trading: Trading
}

/** What the parts of the ticket need to show a field and to change it. */
export interface Fields {
  readonly form: Form
  readonly there: ReadonlySet<Field>
  readonly change: (part: Partial<Form>) => void
  /** Arrow keys and buttons: so many ticks or lots. */
  readonly step: (field: keyof TicketTexts, by: number) => void
  /** The sentence that belongs beside a field. */
  readonly errorOf: (field: Field) => string | undefined
}

/** The order that is being written. Sends through `trading`, which makes one order of one intent. */
export function TicketForm({ instrument, isByAmount, trading }: Props) {
  const { symbol } = instrument
  const form = useTicketForm(symbol)
  const lastTicks = useLastTicks()
  const market = useMarket()
  const block = useTradingBlock()
  const means = useMeans(symbol)
  const current = useTradingState((state) => currentSubmission(state.submissions))
  const [asked, setAsked] = useState(0)
  const element = useRef<HTMLFormElement>(null)
  usePriceToBeginWith(instrument, form, lastTicks)
  useFocusOnProblem(element, asked)
  const sizeField = useFocusOnCall()

  const reading = readTicket(instrument, form, lastTicks, means.rules)
  const { request } = reading
  const requestKey = request === null ? null : JSON.stringify(request)
  // The order is named as soon as it is complete, before anybody can send it.
  useEffect(() => {
    trading.prepare(requestKey === null ? null : (JSON.parse(requestKey) as OrderRequest))
  }, [trading, requestKey])

  const there = fieldsOf(form)
  const refusal =
    current?.phase === 'refused' && current.problem ? refusalOf(current.problem, there) : null
  const fields: Fields = {
    form,
    there,
    change: (part) => changeTicket(symbol, part),
    step: (field, by) => {
      const isSize = field === 'quantity' || field === 'display' || field === 'minimum'
      const start = isSize || field === 'trail' ? Math.abs(by) : (lastTicks ?? 1)
      const text = stepped(isSize ? 'quantity' : 'price', instrument, form[field], by, start)
      changeTicket(symbol, { [field]: text })
    },
    errorOf: (field) => {
      const isShown = asked > 0 || (field in NO_TEXTS && form[field as keyof TicketTexts] !== '')
      const own = isShown || field === 'type' ? reading.problems[field] : undefined
      return own ?? (refusal?.field === field ? refusal.sentence : undefined)
    },
  }
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    // As the market is now: a gap blocks from its message on, whatever was rendered last.
    if (block !== null || !canTrade(market.store.getState()).allowed) return
    setAsked((times) => times + 1)
    if (request === null) return
    trading.prepare(request)
    trading.submit()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    // A key held down is one press; in a choice and on a switch Enter is theirs.
    if (event.key === 'Enter' && event.repeat) event.preventDefault()
    if (event.key !== 'Escape') return
    const isEmpty = Object.keys(NO_TEXTS).every((name) => form[name as keyof TicketTexts] === '')
    if (isEmpty) (event.target as HTMLElement).blur()
    else fields.change(NO_TEXTS)
    setAsked(0)
  }
  const act = actOf(instrument, form, reading)
  const bound = boundOf(instrument, form, reading)
  const boundId = useId()
  const preview = previewFor(instrument, form, reading, means)
  const isShort = preview?.left != null && preview.left.sign < 0

  return (
    // The form takes keys for the fields in it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <form
      ref={element}
      className={styles['form']}
      noValidate
      onSubmit={submit}
      onKeyDown={onKeyDown}
      aria-label="Order"
    >
      <SideChoice side={form.side} onChange={(side) => fields.change({ side })} />
      <Kind {...fields} />
      <SizeFields
        {...fields}
        ref={sizeField}
        {...{ instrument, means, lastTicks, isByAmount }}
        worstTicks={reading.worstTicks}
        isShort={isShort}
      />
      <PriceFields {...fields} />
      <ExitFields {...fields} />
      {hasOwnTerms(form) ? <More {...fields} /> : null}
      <PreviewLines {...{ instrument, form, reading, means, preview }} />
      <Button
        type="submit"
        kind={form.side}
        busy={current?.phase === 'sending'}
        disabled={block !== null}
        aria-describedby={bound === null ? undefined : boundId}
        className={styles['submit']}
      >
        {current?.phase === 'unknown' ? `Send again: ${act}` : act}
      </Button>
      {bound === null ? null : (
        <p id={boundId} className={styles['bound']}>
          {bound}
        </p>
      )}
      {block === null ? null : (
        <p className={styles['blocked']} role="status">
          {block.reason}
        </p>
      )}
      {refusal !== null && refusal.field === null ? (
        <p className={styles['refusal']} role="alert">
          {refusal.sentence}
          {refusal.requestId === null ? null : (
            <span className={styles['requestId']}> Request {refusal.requestId}</span>
          )}
        </p>
      ) : null}
      <Outcomes />
    </form>
  )
}

const TYPES: readonly (readonly [TicketType, string])[] = [
  ...(Object.entries(TYPE) as [TicketType, string][]),
  ['oco', 'Take profit or stop loss'],
]

/** What kind of order it is, and for how long. */
function Kind(fields: Fields) {
  const { form, there, change, errorOf } = fields
  return (
    <>
      <div className={styles['pair']}>
        <SelectField
          label="Type"
          value={form.type}
          error={errorOf('type')}
          onChange={(event) => change({ type: event.target.value as TicketType })}
        >
          {TYPES.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </SelectField>
        <SelectField
          label="Time in force"
          value={timeInForceOf(form)}
          error={errorOf('timeInForce')}
          onChange={(event) => change({ timeInForce: event.target.value as TimeInForce })}
        >
          {timesInForce(form).map((value) => (
            <option key={value} value={value}>
              {TIME_IN_FORCE[value]}
            </option>
          ))}
        </SelectField>
      </div>
      {there.has('expiresAt') ? (
        <TextField
          label="Ends at"
          type="datetime-local"
          value={form.expiresAt}
          error={errorOf('expiresAt')}
          onChange={(event) => change({ expiresAt: event.target.value })}
        />
      ) : null}
    </>
  )
}

function More(fields: Fields) {
  const { form, errorOf } = fields
  const [isOpen, setOpen] = useState(
    form.display !== '' || form.minimum !== '' || form.postOnly !== '' || form.selfTrade !== '',
  )
  // What was refused in it is not hidden.
  const isRefused = (['display', 'minimum', 'postOnly', 'selfTrade'] as const).some(
    (field) => errorOf(field) !== undefined,
  )
  return (
    <details
      className={styles['more']}
      open={isOpen || isRefused}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>More terms</summary>
      {isOpen || isRefused ? (
        <Suspense fallback={null}>
          <MoreTerms {...fields} />
        </Suspense>
      ) : null}
    </details>
  )
}

function previewFor(
  instrument: Increments,
  form: Form,
  { lots, worstTicks, amount }: ReturnType<typeof readTicket>,
  means: Means,
) {
  if (amount !== null) return previewOfAmount(form.side, amount, means)
  if (lots === null || worstTicks === null) return null
  return previewOf(instrument, form.side, lots, worstTicks, means)
}

function useMeans(symbol: string): Means {
  const records = useTradingState((state) => state.records)
  return useMemo(
    () => ({
      buyingPower: records.account === null ? null : Decimal.parse(records.account.buyingPower),
      available: availableOf(records, symbol),
      ...(records.account?.rules && { rules: records.account.rules }),
    }),
    [records, symbol],
  )
}

/** The last price stands in the ticket of a symbol that was just opened; what was cleared stays empty. */
function usePriceToBeginWith(instrument: Increments, form: Form, lastTicks: number | null): void {
  const begun = useRef<string | null>(null)
  const isUntouched = form.price === ''
  useEffect(() => {
    if (lastTicks === null || begun.current === instrument.symbol) return
    begun.current = instrument.symbol
    if (isUntouched) changeTicket(instrument.symbol, { price: priceText(instrument, lastTicks) })
  }, [instrument, isUntouched, lastTicks])
}

/** The keyboard goes to the size when somebody sends it to the ticket. */
function useFocusOnCall(): React.RefObject<HTMLInputElement | null> {
  const field = useRef<HTMLInputElement>(null)
  const calls = useTicketCalls()
  const seen = useRef(calls)
  useEffect(() => {
    if (seen.current === calls) return
    seen.current = calls
    field.current?.focus()
    field.current?.select()
  }, [calls])
  return field
}

/** After a press that sent nothing, the keyboard is in the first field that is not right. */
function useFocusOnProblem(form: React.RefObject<HTMLFormElement | null>, asked: number): void {
  useEffect(() => {
    if (asked > 0) form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [form, asked])
}
