import { Menu as Base } from '@base-ui/react/menu'
import type { ReactElement, ReactNode } from 'react'
import styles from './Menu.module.css'

/** A few acts or places behind one button. `trigger` is the button. */
export function Menu({ trigger, children }: { trigger: ReactElement; children: ReactNode }) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align="end" sideOffset={4} className={styles['positioner']}>
          <Base.Popup className={styles['popup']}>{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

/** Something to do; with `link` a place to go to, by the router's own link. */
export function MenuItem({
  link,
  onClick,
  children,
}: {
  link?: ReactElement
  onClick?: () => void
  children: ReactNode
}) {
  return (
    <Base.Item
      className={styles['item']}
      {...(link === undefined ? {} : { render: link })}
      {...(onClick === undefined ? {} : { onClick })}
    >
      {children}
    </Base.Item>
  )
}

export function MenuNote({ children }: { children: ReactNode }) {
  return <div className={styles['note']}>{children}</div>
}

export function MenuLine() {
  return <Base.Separator className={styles['line']} />
}
