import { SelectField, TextField } from '@/shared/ui/Field'
import { StepField } from '@/shared/ui/StepField'
import type { Fields } from './TicketForm'
import styles from './Ticket.module.css'

/** At which prices: a limit, a stop, or how far a stop trails. */
export function PriceFields({ form, there, change, step, errorOf }: Fields) {
  return (
    <>
      {there.has('stop') ? (
        <StepField
          label="Stop price"
          step="one tick"
          value={form.stop}
          error={errorOf('stop')}
          onChange={(stop) => change({ stop })}
          onStep={(by) => step('stop', by)}
        />
      ) : null}
      {there.has('price') ? (
        <StepField
          label="Price"
          step="one tick"
          value={form.price}
          error={errorOf('price')}
          onChange={(price) => change({ price })}
          onStep={(by) => step('price', by)}
        />
      ) : null}
      {there.has('trail') ? (
        <div className={styles['pair']}>
          <SelectField
            label="Trail by"
            value={form.trailBy}
            onChange={(event) => change({ trailBy: event.target.value as 'price' | 'percent' })}
          >
            <option value="price">Price</option>
            <option value="percent">Percent</option>
          </SelectField>
          {form.trailBy === 'price' ? (
            <StepField
              label="Trail"
              step="one tick"
              value={form.trail}
              error={errorOf('trail')}
              onChange={(trail) => change({ trail })}
              onStep={(by) => step('trail', by)}
            />
          ) : (
            <TextField
              label="Trail in %"
              value={form.trail}
              error={errorOf('trail')}
              inputMode="decimal"
              autoComplete="off"
              enterKeyHint="send"
              maxLength={8}
              onChange={(event) => change({ trail: event.target.value })}
            />
          )}
        </div>
      ) : null}
    </>
  )
}
