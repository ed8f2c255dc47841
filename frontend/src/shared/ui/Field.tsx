import { type ComponentProps, type ReactNode, useId } from 'react'
import { classes } from './classes'
import styles from './Field.module.css'

interface Parts {
  label: string
  /** What is wrong with the value, in a sentence; shown beside the field and read with it. */
  error?: string | undefined
  /** Gives way to the error, which says it again or more. */
  hint?: ReactNode
  /** A few words of warning at the end of the label's line: nothing moves when they come and go. */
  note?: string | undefined
}

interface Wiring {
  id: string
  'aria-invalid': true | undefined
  'aria-describedby': string | undefined
}

/** A label, a control, and what is to be said about it. */
export function Field({
  label,
  error,
  hint,
  note,
  className,
  children,
}: Parts & { className?: string | undefined; children: (wiring: Wiring) => ReactNode }) {
  const id = useId()
  const described = [hint && !error && `${id}-hint`, note && `${id}-note`, error && `${id}-error`]
    .filter(Boolean)
    .join(' ')
  return (
    <div className={classes(styles['field'], className)}>
      <div className={styles['head']}>
        <label className={styles['label']} htmlFor={id}>
          {label}
        </label>
        {note ? (
          <span id={`${id}-note`} className={styles['note']}>
            {note}
          </span>
        ) : null}
      </div>
      {children({
        id,
        'aria-invalid': error ? true : undefined,
        'aria-describedby': described || undefined,
      })}
      {hint && !error ? (
        <p id={`${id}-hint`} className={styles['hint']}>
          {hint}
        </p>
      ) : null}
      {error ? (
        <p id={`${id}-error`} className={styles['error']} role="alert">
          {error}
        </p>
      ) : null}
    </div>
  )
}

/** A one-line text field. */
export function TextField({
  label,
  error,
  hint,
  note,
  className,
  ...input
}: Parts & ComponentProps<'input'>) {
  return (
    <Field label={label} error={error} hint={hint} note={note} className={className}>
      {(wiring) => <input {...input} {...wiring} className={styles['control']} />}
    </Field>
  )
}

/** A choice among a few, by the platform's own control. */
export function SelectField({
  label,
  error,
  hint,
  className,
  children,
  ...select
}: Parts & ComponentProps<'select'>) {
  return (
    <Field label={label} error={error} hint={hint} className={className}>
      {(wiring) => (
        <select {...select} {...wiring} className={styles['control']}>
          {children}
        </select>
      )}
    </Field>
  )
}
