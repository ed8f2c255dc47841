import type { FieldErrors } from 'react-hook-form'
import styles from './FormProblem.module.css'

/** What is wrong with the whole form: the sentence, and the id to quote. */
export function FormProblem({ errors }: { errors: FieldErrors }) {
  const { root } = errors
  if (root?.message === undefined) return null
  return (
    <div className={styles['problem']} role="alert">
      <p>{root.message}</p>
      {typeof root.type === 'string' && root.type !== '' ? (
        <p className={styles['id']}>
          Request <code>{root.type}</code>
        </p>
      ) : null}
    </div>
  )
}
