import { type ReactNode, useEffect, useRef } from 'react'
import { useLocation } from 'react-router'
import { classes } from './classes'
import styles from './Page.module.css'
import { useTitle } from './useTitle'

/** A page that is no desk: a title and what stands below it. Whoever came here by a link starts at the title. */
export function Page({
  title,
  intro,
  narrow = false,
  children,
}: {
  title: string
  intro?: ReactNode
  /** For a single form. */
  narrow?: boolean
  children: ReactNode
}) {
  useTitle(title)
  const heading = useRef<HTMLHeadingElement>(null)
  // The first location of a visit has this key: then the focus stays where the browser put it.
  const arrivedByLink = useLocation().key !== 'default'
  useEffect(() => {
    if (arrivedByLink) heading.current?.focus()
    // Once per page, not whenever its address changes.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [])
  return (
    <div className={classes(styles['page'], narrow && styles['narrow'])}>
      <header className={styles['header']}>
        <h1 ref={heading} tabIndex={-1} className={styles['title']}>
          {title}
        </h1>
        {intro ? <p className={styles['intro']}>{intro}</p> : null}
      </header>
      {children}
    </div>
  )
}

/** Two panels beside each other; on a phone below each other. */
export function Columns({ children }: { children: ReactNode }) {
  return <div className={styles['columns']}>{children}</div>
}
