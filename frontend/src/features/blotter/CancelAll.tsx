import { useState } from 'react'
import type { Trading } from '@/core/orders/trading'
import { useOpenOrders, useTradingState } from '@/shared/trading/hooks'
import { Button } from '@/shared/ui/Button'
import styles from './Blotter.module.css'

/** Every open order, after one more press: beside the first one, so that a double click does nothing. */
export function CancelAll({ trading }: { trading: Trading }) {
  const count = useOpenOrders().length
  const { busy, problem } = useTradingState((state) => state.cancelAll)
  const [asked, setAsked] = useState(false)
  if (count === 0 && !busy) return null
  const noun = count === 1 ? 'order' : 'orders'
  if (!asked) {
    return (
      <>
        {problem === null ? null : (
          <span role="alert" className={styles['problem']}>
            {problem.message}
          </span>
        )}
        <Button kind="quiet" busy={busy} onClick={() => setAsked(true)}>
          Cancel all
        </Button>
      </>
    )
  }
  return (
    // Escape is "no" wherever the focus is between the two.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <span
      className={styles['confirm']}
      onKeyDown={(event) => event.key === 'Escape' && setAsked(false)}
    >
      <Button
        kind="danger"
        onClick={() => {
          setAsked(false)
          trading.cancelAll()
        }}
      >
        Cancel {count} open {noun}
      </Button>
      {/* The question appeared because of a press here: the harmless answer has the focus. */}
      {/* eslint-disable-next-line jsx-a11y/no-autofocus */}
      <Button kind="quiet" autoFocus onClick={() => setAsked(false)}>
        Keep them
      </Button>
    </span>
  )
}
