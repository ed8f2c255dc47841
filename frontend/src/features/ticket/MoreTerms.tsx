import { SelectField } from '@/shared/ui/Field'
import { StepField } from '@/shared/ui/StepField'
import type { PostOnly, SelfTradePrevention } from '@/core/orders/terms'
import type { Fields } from './TicketForm'
import styles from './Ticket.module.css'

const POST_ONLY: readonly (readonly [PostOnly | '', string])[] = [
  ['', 'Make or take'],
  ['reject', 'Only make: refuse it if it would take'],
  ['reprice', 'Only make: put it behind the touch'],
]

const SELF_TRADE: readonly (readonly [SelfTradePrevention | '', string])[] = [
  ['', 'May trade with my own'],
  ['cancel_newest', 'Cancel this one'],
  ['cancel_oldest', 'Cancel the one in the book'],
  ['cancel_both', 'Cancel both'],
  ['decrement', 'Reduce both'],
]

/** What few orders say: terms that are this platform's own. */
export default function MoreTerms({ form, there, change, step, errorOf }: Fields) {
  return (
    <div className={styles['terms']}>
      {there.has('postOnly') ? (
        <SelectField
          label="Making and taking"
          value={form.postOnly}
          error={errorOf('postOnly')}
          onChange={(event) => change({ postOnly: event.target.value as PostOnly | '' })}
        >
          {POST_ONLY.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </SelectField>
      ) : null}
      {there.has('display') ? (
        <StepField
          label="Show at most"
          step="one lot"
          note="all, if empty"
          value={form.display}
          error={errorOf('display')}
          onChange={(display) => change({ display })}
          onStep={(by) => step('display', by)}
        />
      ) : null}
      {there.has('minimum') ? (
        <StepField
          label="First fill at least"
          step="one lot"
          note="any, if empty"
          value={form.minimum}
          error={errorOf('minimum')}
          onChange={(minimum) => change({ minimum })}
          onStep={(by) => step('minimum', by)}
        />
      ) : null}
      <SelectField
        label="When it meets my own order"
        value={form.selfTrade}
        error={errorOf('selfTrade')}
        onChange={(event) => change({ selfTrade: event.target.value as SelfTradePrevention | '' })}
      >
        {SELF_TRADE.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </SelectField>
    </div>
  )
}
