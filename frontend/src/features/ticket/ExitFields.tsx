import type { TicketTexts } from '@/shared/trading/ticket'
import { StepField } from '@/shared/ui/StepField'
import { isByAmount, isEntry, isPair } from './fields'
import type { Fields } from './TicketForm'
import styles from './Ticket.module.css'

const EXITS = [
  ['takeProfit', 'Take profit at'],
  ['stopLoss', 'Stop loss at'],
  ['stopLossLimit', 'Limit of the stop loss'],
] as const satisfies readonly (readonly [keyof TicketTexts, string])[]

/** Where one gets out again: after an entry, or of what one has. */
export function ExitFields({ form, change, step, errorOf }: Fields) {
  const isWritten = isPair(form) || isEntry(form)
  return (
    <>
      {form.side === 'buy' && !isPair(form) && !isByAmount(form) ? (
        <label className={styles['switch']}>
          <input
            type="checkbox"
            checked={form.hasExits}
            onChange={(event) => change({ hasExits: event.target.checked })}
          />
          With take profit or stop loss
        </label>
      ) : null}
      {isWritten ? (
        <fieldset className={styles['exits']}>
          <legend className="visually-hidden">Exits</legend>
          {EXITS.map(([name, label]) => (
            <StepField
              key={name}
              label={label}
              step="one tick"
              note={isOptional(name, isPair(form)) ? 'optional' : undefined}
              value={form[name]}
              error={errorOf(name)}
              onChange={(text) => change({ [name]: text })}
              onStep={(by) => step(name, by)}
            />
          ))}
          <p className={styles['bound']}>
            {isPair(form)
              ? 'When one of the two is filled the other is cancelled.'
              : 'They wait until all of the order is filled; then one cancels the other.'}
          </p>
        </fieldset>
      ) : null}
    </>
  )
}

function isOptional(name: (typeof EXITS)[number][0], isPair: boolean): boolean {
  return name === 'stopLossLimit' || !isPair
}
