import type { Ref } from 'react'
import { type Increments, quantityText } from '@/core/numbers/instrument'
import { collarTicks } from '@/core/portfolio/hold'
import { SelectField, TextField } from '@/shared/ui/Field'
import { StepField } from '@/shared/ui/StepField'
import { type Means, QUICK_SIZES, quickLots } from './preview'
import type { Fields } from './TicketForm'
import styles from './Ticket.module.css'

interface Props extends Fields {
  instrument: Increments
  means: Means
  lastTicks: number | null
  /** The worst price of what is written. */
  worstTicks: number | null
  /** Whether the asset is traded by amounts, too. */
  isByAmount: boolean
  isShort: boolean
  ref: Ref<HTMLInputElement>
}

/** How much: a quantity, or a market order's amount of cash. */
export function SizeFields(props: Props) {
  const { form, there, change, step, errorOf, isByAmount, isShort, ref } = props
  const note = isShort ? 'not enough' : undefined
  return (
    <>
      {form.type === 'market' && (isByAmount || form.sizeBy === 'amount') ? (
        <SelectField
          label="Size in"
          value={form.sizeBy}
          onChange={(event) => change({ sizeBy: event.target.value as 'quantity' | 'amount' })}
        >
          <option value="quantity">Shares</option>
          <option value="amount">US dollars</option>
        </SelectField>
      ) : null}
      {there.has('amount') ? (
        <TextField
          ref={ref}
          label="Amount in US dollars"
          value={form.amount}
          error={errorOf('amount')}
          note={note}
          inputMode="decimal"
          autoComplete="off"
          enterKeyHint="send"
          maxLength={40}
          onChange={(event) => change({ amount: event.target.value })}
        />
      ) : (
        <>
          <StepField
            ref={ref}
            label="Quantity"
            step="one lot"
            note={note}
            value={form.quantity}
            error={errorOf('quantity')}
            onChange={(quantity) => change({ quantity })}
            onStep={(by) => step('quantity', by)}
          />
          <QuickSizes {...props} />
        </>
      )}
    </>
  )
}

function QuickSizes({ instrument, form, change, means, lastTicks, worstTicks }: Props) {
  const fallback = lastTicks === null ? null : collarTicks(form.side, lastTicks, means.rules)
  const worst = worstTicks ?? (form.type === 'limit' ? lastTicks : fallback)
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
            onClick={() => change({ quantity: quantityText(instrument, lots) })}
          >
            {percent} %
          </button>
        )
      })}
    </div>
  )
}
