import {
  type KeyboardEvent,
  type SyntheticEvent,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react'
import { canTrade } from '@/core/market/canTrade'
import { Decimal } from '@/core/numbers/decimal'
import { type Increments, priceText, quantityText } from '@/core/numbers/instrument'
import type { OrderType, TimeInForce } from '@/core/orders/order'
import { availableOf } from '@/core/orders/selectors'
import { currentSubmission } from '@/core/orders/submission'
import type { Trading } from '@/core/orders/trading'
import { collarTicks } from '@/core/portfolio/hold'
import { useMarket } from '@/shared/market/context'
import { useLastTicks } from '@/shared/market/hooks'
import { useTradingState } from '@/shared/trading/hooks'
import {
  changeTicket,
  type TicketForm as Form,
  useTicketCalls,
  useTicketForm,
} from '@/shared/trading/ticket'
import { useTradingBlock } from '@/shared/trading/useTradingBlock'
import { TIME_IN_FORCE } from '@/shared/trading/words'
import { Button } from '@/shared/ui/Button'
import { SelectField } from '@/shared/ui/Field'
import { Outcomes } from './Outcomes'
import { type Means, previewOf, QUICK_SIZES, quickLots } from './preview'
import { PreviewLines } from './PreviewLines'
import { actOf, boundOf, readTicket, stepped } from './reading'
import { refusalOf } from './refusals'
import { SideChoice } from './SideChoice'
import { StepField } from './StepField'
import styles from './Ticket.module.css'

/** The order that is being written. Sends through `trading`, which makes one order of one intent. */
export function TicketForm({ instrument, trading }: { instrument: Increments; trading: Trading }) {
  const { symbol } = instrument
  const form = useTicketForm(symbol)
  const lastTicks = useLastTicks()
  const market = useMarket()
  const block = useTradingBlock()
  const means = useMeans(symbol)
  const current = useTradingState((state) => currentSubmission(state.submissions))
  const [asked, setAsked] = useState(false)
  const quantityField = useRef<HTMLInputElement>(null)
  const priceField = useRef<HTMLInputElement>(null)
  useFocusOnCall(quantityField)
  usePriceToBeginWith(instrument, form, lastTicks)

  const reading = readTicket(instrument, form, lastTicks, means.rules)
  const { terms } = reading
  const termsKey = terms === null ? null : JSON.stringify(terms)
  // The order is named as soon as it is complete, before anybody can send it.
  useEffect(() => {
    trading.prepare(termsKey === null ? null : (JSON.parse(termsKey) as typeof terms))
  }, [trading, termsKey])

  const change = (part: Partial<Form>) => changeTicket(symbol, part)
  const step = (field: 'quantity' | 'price', by: number) => {
    const start = field === 'price' ? (lastTicks ?? 1) : Math.abs(by)
    change({ [field]: stepped(field, instrument, form[field], by, start) })
  }
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    // As the market is now: a gap blocks from its message on, whatever was rendered last.
    if (block !== null || !canTrade(market.store.getState()).allowed) return
    setAsked(true)
    if (terms === null) {
      const wrong = reading.problems.quantity === undefined ? priceField : quantityField
      wrong.current?.focus()
      return
    }
    trading.prepare(terms)
    trading.submit()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    // A key held down is one press.
    if (event.key === 'Enter' && event.repeat) event.preventDefault()
    if (event.key !== 'Escape') return
    if (form.quantity === '' && form.price === '') (event.target as HTMLElement).blur()
    else change({ quantity: '', price: '' })
    setAsked(false)
  }

  const refusal =
    current?.phase === 'refused' && current.problem ? refusalOf(current.problem) : null
  const errorOf = (field: 'quantity' | 'price' | 'type' | 'timeInForce') => {
    const isShown = asked || (field in form && form[field] !== '')
    const own = isShown ? reading.problems[field] : undefined
    return own ?? (refusal?.field === field ? refusal.sentence : undefined)
  }
  const isSending = current?.phase === 'sending'
  const act = actOf(instrument, form, reading)
  const bound = boundOf(instrument, form, reading)
  const boundId = useId()
  const preview =
    reading.lots === null || reading.worstTicks === null
      ? null
      : previewOf(instrument, form.side, reading.lots, reading.worstTicks, means)
  const isShort = preview?.left != null && preview.left.sign < 0

  return (
    // The form takes keys for the fields in it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <form
      className={styles['form']}
      noValidate
      onSubmit={submit}
      onKeyDown={onKeyDown}
      aria-label="Order"
    >
      <SideChoice side={form.side} onChange={(side) => change({ side })} />
      <div className={styles['pair']}>
        <SelectField
          label="Type"
          value={form.type}
          error={errorOf('type')}
          onChange={(event) => change({ type: event.target.value as OrderType })}
        >
          <option value="limit">Limit</option>
          <option value="market">Market</option>
        </SelectField>
        <SelectField
          label="Time in force"
          value={form.timeInForce}
          error={errorOf('timeInForce')}
          onChange={(event) => change({ timeInForce: event.target.value as TimeInForce })}
        >
          {Object.entries(TIME_IN_FORCE).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </SelectField>
      </div>
      <StepField
        ref={quantityField}
        label="Quantity"
        step="one lot"
        note={isShort ? 'not enough' : undefined}
        value={form.quantity}
        error={errorOf('quantity')}
        onChange={(quantity) => change({ quantity })}
        onStep={(by) => step('quantity', by)}
      />
      <QuickSizes instrument={instrument} form={form} means={means} lastTicks={lastTicks} />
      {form.type === 'limit' ? (
        <StepField
          ref={priceField}
          label="Price"
          step="one tick"
          value={form.price}
          error={errorOf('price')}
          onChange={(price) => change({ price })}
          onStep={(by) => step('price', by)}
        />
      ) : null}
      <PreviewLines {...{ instrument, form, reading, means, preview }} />
      <Button
        type="submit"
        kind={form.side}
        busy={isSending}
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

function QuickSizes({
  instrument,
  form,
  means,
  lastTicks,
}: {
  instrument: Increments
  form: Form
  means: Means
  lastTicks: number | null
}) {
  const reading = readTicket(instrument, form, lastTicks, means.rules)
  const fallback = lastTicks === null ? null : collarTicks(form.side, lastTicks, means.rules)
  const worst = reading.worstTicks ?? (form.type === 'limit' ? lastTicks : fallback)
  const whole = form.side === 'buy' ? 'buying power' : 'position'
  return (
    <div className={styles['quick']} role="group" aria-label={`Part of the ${whole}`}>
      {QUICK_SIZES.map((percent) => {
        const lots = quickLots(instrument, form.side, percent, worst, means)
        return (
          <button
            key={percent}
            type="button"
            className={styles['quickSize']}
            disabled={lots === 0}
            aria-label={`${percent} % of the ${whole}`}
            onClick={() =>
              changeTicket(instrument.symbol, { quantity: quantityText(instrument, lots) })
            }
          >
            {percent} %
          </button>
        )
      })}
    </div>
  )
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

/** The keyboard goes to the quantity when somebody sends it to the ticket. */
function useFocusOnCall(field: React.RefObject<HTMLInputElement | null>): void {
  const calls = useTicketCalls()
  const seen = useRef(calls)
  useEffect(() => {
    if (seen.current === calls) return
    seen.current = calls
    field.current?.focus()
    field.current?.select()
  }, [calls, field])
}
