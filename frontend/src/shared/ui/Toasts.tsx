import { Toast } from '@base-ui/react/toast'
import type { ReactNode } from 'react'
import { Button } from './Button'
import styles from './Toasts.module.css'

/** Makes `useToast` work below it. */
export function ToastProvider({ children }: { children: ReactNode }) {
  return (
    <Toast.Provider timeout={6_000} limit={3}>
      {children}
      <Toast.Portal>
        <Toast.Viewport className={styles['viewport']}>
          <Toasts />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  )
}

function Toasts() {
  return Toast.useToastManager().toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className={styles['toast']}>
      <Toast.Content className={styles['content']}>
        <Toast.Title render={<p />} className={styles['text']} />
        <Toast.Close
          render={<Button kind="quiet" aria-label="Dismiss" className={styles['close']} />}
        >
          <span aria-hidden="true">✕</span>
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ))
}
