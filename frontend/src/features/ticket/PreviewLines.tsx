import { formatQuantity, type Increments } from '@/core/numbers/instrument'
import { formatMoney, signed } from '@/core/numbers/money'
import { useMarketState } from '@/shared/market/hooks'
import type { TicketForm } from '@/shared/trading/ticket'
import { classes } from '@/shared/ui/classes'
import { expectedOf, type Preview, type Means } from './preview'
import type { Reading } from './reading'
import styles from './Ticket.module.css'

interface Props {
  instrument: Increments
  form: TicketForm
  reading: Reading
  means: Means
  /** Null while the order is not complete. */
  preview: Preview | null
}

/** What the order costs and leaves, before it is sent. Its place stays the same while nothing is known. */
export function PreviewLines({ instrument, form, reading, means, preview }: Props) {
  const isBuy = form.side === 'buy'
  const isByAmount = preview !== null && reading.amount !== null
  const isMarket = form.type === 'market' && !isByAmount
  const isBound = form.type !== 'limit' && form.type !== 'stop_limit'
  const noun = isBuy ? 'Cost' : 'Proceeds'
  const bound = isBuy ? 'at most' : 'at least'
  const left = preview?.left ?? (isBuy ? means.buyingPower : means.available)
  const leftLabel = isBuy ? 'Buying power' : 'Available'
  return (
    <dl className={styles['preview']}>
      {isMarket ? <ExpectedLine {...{ instrument, form, reading, means, noun }} /> : null}
      <div>
        <dt>{isBound ? `${noun}, ${bound}` : noun}</dt>
        <dd>
          {preview === null ? '–' : formatMoney(preview.value, { rounding: isBuy ? 'up' : 'down' })}
        </dd>
      </div>
      {preview?.fee == null ? null : (
        <div>
          <dt>Fee in it, at most</dt>
          <dd>{formatMoney(preview.fee, { rounding: 'up' })}</dd>
        </div>
      )}
      <div>
        <dt>{preview === null ? leftLabel : `${leftLabel} after`}</dt>
        <dd className={classes(left !== null && left.sign < 0 && styles['short'])}>
          {left === null
            ? '–'
            : isBuy
              ? formatMoney(left, { rounding: 'down' })
              : signed(left.trimmed(), 'auto')}
        </dd>
      </div>
    </dl>
  )
}

/** A market order's value if the book stayed as it is. It alone renders when the book moves. */
function ExpectedLine({
  instrument,
  form,
  reading: { lots, worstTicks },
  means: { rules },
  noun,
}: Pick<Props, 'instrument' | 'form' | 'reading' | 'means'> & { noun: string }) {
  // Texts, so that a book that changes nothing of them renders nothing.
  const part = useMarketState(({ active }) => {
    if (lots === null || worstTicks === null || active?.book == null) return ''
    const expected = expectedOf(instrument, form.side, lots, worstTicks, active.book, rules)
    return expected.lots < lots ? `, only ${formatQuantity(instrument, expected.lots)} offered` : ''
  })
  const value = useMarketState(({ active }) => {
    if (lots === null || worstTicks === null || active?.book == null) return '–'
    return formatMoney(
      expectedOf(instrument, form.side, lots, worstTicks, active.book, rules).value,
    )
  })
  return (
    <div>
      <dt>
        {noun} now{part}
      </dt>
      <dd>{value}</dd>
    </div>
  )
}
