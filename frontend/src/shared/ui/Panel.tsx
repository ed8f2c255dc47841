import { type ReactNode, useId } from 'react'
import { classes } from './classes'
import styles from './Panel.module.css'

interface Props {
  title: string
  /** What stands in the title's line, at its end. */
  tools?: ReactNode
  /** Dims the content: it is old. The note says how old, and what that blocks. */
  stale?: string | undefined
  /** It lies on a page and not on the desk: with a line around it. */
  boxed?: boolean
  className?: string | undefined
  children: ReactNode
}

/** One instrument on the desk: a region with a title. */
export function Panel({ title, tools, stale, boxed = false, className, children }: Props) {
  const id = useId()
  return (
    <section
      aria-labelledby={id}
      className={classes(styles['panel'], boxed && styles['boxed'], className)}
    >
      <header className={styles['header']}>
        <h2 id={id} className={styles['title']}>
          {title}
        </h2>
        {stale ? (
          <p className={styles['stale']} role="status">
            {stale}
          </p>
        ) : null}
        <div className={styles['tools']}>{tools}</div>
      </header>
      <div className={classes(styles['content'], stale ? styles['dimmed'] : null)}>{children}</div>
    </section>
  )
}
