import { formatMoney } from '@/core/numbers/money'
import { grouped, type Increments } from '@/core/numbers/instrument'
import type { TicketForm } from '@/shared/trading/ticket'
import { classes } from '@/shared/ui/classes'
import { type Means, previewOf } from './preview'
import type { Reading } from './reading'
import styles from './Ticket.module.css'

interface Props {
  instrument: Increments
  form: TicketForm
  reading: Reading
  means: Means
}

/** What the order costs and leaves, before it is sent. Its place stays the same while nothing is known. */
export function PreviewLines({ instrument, form, reading, means }: Props) {
  const { lots, worstTicks } = reading
  const preview =
    lots === null || worstTicks === null
      ? null
      : previewOf(instrument, form.side, lots, worstTicks, means)
  const isBuy = form.side === 'buy'
  const isBound = form.type === 'market'
  const left = preview?.left ?? (isBuy ? means.buyingPower : means.available)
  const isShort = left !== null && left.sign < 0
  const leftLabel = isBuy ? 'Buying power' : 'Available'
  return (
    <dl className={styles['preview']}>
      <div>
        <dt>
          {isBuy
            ? isBound
              ? 'Cost, at most'
              : 'Cost'
            : isBound
              ? 'Proceeds, at least'
              : 'Proceeds'}
        </dt>
        <dd>
          {preview === null ? '–' : formatMoney(preview.value, { rounding: isBuy ? 'up' : 'down' })}
        </dd>
      </div>
      <div>
        <dt>{preview === null ? leftLabel : `${leftLabel} after`}</dt>
        <dd className={classes(isShort && styles['short'])}>
          {left === null
            ? '–'
            : isBuy
              ? formatMoney(left, { rounding: 'down' })
              : grouped(left.trimmed().toString())}
          {isShort ? <span className={styles['shortNote']}> not enough</span> : null}
        </dd>
      </div>
    </dl>
  )
}
