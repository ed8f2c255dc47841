import { type ComponentProps, type ReactNode, useId } from 'react'
import { classes } from './classes'
import styles from './Field.module.css'

interface Parts {
  label: string
  /** What is wrong with the value, in a sentence; shown beside the field and read with it. */
  error?: string | undefined
  hint?: ReactNode
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
  className,
  children,
}: Parts & { className?: string | undefined; children: (wiring: Wiring) => ReactNode }) {
  const id = useId()
  const described = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ')
  return (
    <div className={classes(styles['field'], className)}>
      <label className={styles['label']} htmlFor={id}>
        {label}
      </label>
      {children({
        id,
        'aria-invalid': error ? true : undefined,
        'aria-describedby': described || undefined,
      })}
      {hint ? (
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
  className,
  ...input
}: Parts & ComponentProps<'input'>) {
  return (
    <Field label={label} error={error} hint={hint} className={className}>
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
