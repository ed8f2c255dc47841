import type { ComponentProps, ReactNode } from 'react'
import { classes } from './classes'
import styles from './Table.module.css'

/** Rows of figures. The caption is for those who cannot see where it stands. */
export function Table({ caption, children }: { caption: string; children: ReactNode }) {
  return (
    // What can be scrolled can be reached by keyboard, or its hidden part cannot be read.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles['scroll']} tabIndex={0} role="group" aria-label={caption}>
      <table className={styles['table']}>
        <caption className="visually-hidden">{caption}</caption>
        {children}
      </table>
    </div>
  )
}

/** A cell; numbers stand to the right, under each other. */
export function Cell({ number, className, ...td }: ComponentProps<'td'> & { number?: boolean }) {
  return <td {...td} className={classes(number && styles['number'], className)} />
}

/** A column's head. */
export function Column({ number, className, ...th }: ComponentProps<'th'> & { number?: boolean }) {
  return <th scope="col" {...th} className={classes(number && styles['number'], className)} />
}
