import type { ReactNode } from 'react'
import styles from './States.module.css'

/** Nothing is here yet: a sentence, and the next step. */
export function EmptyState({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className={styles['state']}>
      <p>{children}</p>
      {action}
    </div>
  )
}

/** What happened, what to do, and the id to quote when asking for help. */
export function ErrorState({
  children,
  requestId,
  action,
}: {
  children: ReactNode
  requestId?: string | null | undefined
  action?: ReactNode
}) {
  return (
    <div className={styles['state']} role="alert">
      <p>{children}</p>
      {requestId ? (
        <p className={styles['id']}>
          Request <code>{requestId}</code>
        </p>
      ) : null}
      {action}
    </div>
  )
}

/** Keeps the place of what is being loaded. */
export function Skeleton({ rows = 6 }: { rows?: number }) {
  return (
    <div className={styles['skeleton']} role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className={styles['bone']} />
      ))}
    </div>
  )
}
