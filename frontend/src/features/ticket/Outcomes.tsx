import { useTradingState } from '@/shared/trading/hooks'
import { classes } from '@/shared/ui/classes'
import { outcomeOf } from './outcome'
import styles from './Ticket.module.css'

const SHOWN = 3

/** What became of the last orders of this ticket; read out as it changes. */
export function Outcomes() {
  const submissions = useTradingState((state) => state.submissions.all)
  const orders = useTradingState((state) => state.records.orders)
  return (
    <div role="log" aria-live="polite" aria-label="What became of it">
      <ul className={styles['outcomes']}>
        {submissions.slice(0, SHOWN).map((submission) => {
          const order = submission.order === null ? null : orders.get(submission.order.id)
          const { tone, text } = outcomeOf(submission, order ?? null)
          return (
            <li key={submission.clientOrderId} className={classes(styles['outcome'], styles[tone])}>
              {text}
            </li>
          )
        })}
      </ul>
    </div>
  )
}
