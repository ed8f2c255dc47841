import { Dialog as Base } from '@base-ui/react/dialog'
import type { ReactNode, RefObject } from 'react'
import { Button } from './Button'
import { classes } from './classes'
import styles from './Dialog.module.css'

interface Props {
  open: boolean
  onClose: () => void
  title: string
  description?: ReactNode
  /** `sheet` rises from the lower edge, where a thumb is. */
  form?: 'dialog' | 'sheet'
  /** Only its own buttons close it: what it shows must not be lost by a slip. */
  insistent?: boolean
  /** What has the focus first; otherwise the first thing that can have it. */
  initialFocus?: RefObject<HTMLElement | null>
  children?: ReactNode
  /** Its buttons, the one that goes on last. */
  actions?: ReactNode
}

/** Asks for the whole attention. Focus stays inside, `Esc` backs out, and then it is where it was before. */
export function Dialog({
  open,
  onClose,
  title,
  description,
  form = 'dialog',
  insistent = false,
  initialFocus,
  children,
  actions,
}: Props) {
  return (
    <Base.Root
      open={open}
      disablePointerDismissal={insistent}
      onOpenChange={(next, { reason, cancel }) => {
        if (next) return
        if (insistent && reason === 'escape-key') cancel()
        else onClose()
      }}
    >
      <Base.Portal>
        <Base.Backdrop className={styles['backdrop']} />
        <Base.Viewport className={classes(styles['viewport'], styles[form])}>
          <Base.Popup
            className={styles['popup']}
            {...(initialFocus === undefined ? {} : { initialFocus })}
          >
            <header className={styles['header']}>
              <Base.Title className={styles['title']}>{title}</Base.Title>
              {insistent ? null : (
                <Base.Close
                  render={<Button kind="quiet" aria-label="Close" className={styles['close']} />}
                >
                  <span aria-hidden="true">✕</span>
                </Base.Close>
              )}
            </header>
            <div className={styles['content']}>
              {description ? (
                <Base.Description className={styles['description']}>{description}</Base.Description>
              ) : null}
              {children}
            </div>
            {actions ? <footer className={styles['actions']}>{actions}</footer> : null}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  )
}
