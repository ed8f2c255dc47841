import type { KeyboardEvent, Ref } from 'react'
import { TextField } from './Field'
import styles from './StepField.module.css'

interface Props {
  label: string
  value: string
  error?: string | undefined
  /** A few words of warning beside the label. */
  note?: string | undefined
  /** What one step is, for the names of the buttons: "one tick". */
  step: string
  onChange: (text: string) => void
  /** Arrow keys and buttons: so many steps, ten with shift. */
  onStep: (by: number) => void
  ref?: Ref<HTMLInputElement> | null
}

/** A number as text: typed, pasted, or stepped by keys. The wheel never changes it. */
export function StepField({ label, value, error, note, step, onChange, onStep, ref }: Props) {
  const onKeyDown = (event: KeyboardEvent) => {
    const direction = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0
    if (direction === 0 || event.altKey || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    onStep(direction * (event.shiftKey ? 10 : 1))
  }
  return (
    <div className={styles['stepField']}>
      <TextField
        ref={ref}
        label={label}
        value={value}
        error={error}
        note={note}
        inputMode="decimal"
        autoComplete="off"
        enterKeyHint="send"
        maxLength={40}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {/* For pointers; the keyboard has its arrows. */}
      <div className={styles['steppers']}>
        <button
          type="button"
          tabIndex={-1}
          aria-label={`${label}: ${step} less`}
          className={styles['stepper']}
          onClick={(event) => onStep(event.shiftKey ? -10 : -1)}
        >
          −
        </button>
        <button
          type="button"
          tabIndex={-1}
          aria-label={`${label}: ${step} more`}
          className={styles['stepper']}
          onClick={(event) => onStep(event.shiftKey ? 10 : 1)}
        >
          +
        </button>
      </div>
    </div>
  )
}
