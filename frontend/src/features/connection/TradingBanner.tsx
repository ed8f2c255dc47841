import { useEffect, useState } from 'react'
import { useTradingBlock } from '@/shared/trading/useTradingBlock'
import styles from './connection.module.css'

/** A block shorter than this is over before anybody could read about it; the ticket is blocked from the start. */
export const BANNER_AFTER_MS = 800

/** Says that no orders can be placed, and why. Its place is kept free for it: nothing moves when it comes and goes. */
export function TradingBanner() {
  const block = useTradingBlock()
  const reason = useLasting(block?.isLoading === false ? block.reason : null, BANNER_AFTER_MS)
  return (
    <div role="status">
      {reason === null ? null : (
        <p className={styles['banner']} title={reason}>
          <span>
            <strong>Trading is blocked.</strong> {reason}
          </span>
        </p>
      )}
    </div>
  )
}

/** `value` once it has been the same for `ms`; its end at once. */
function useLasting(value: string | null, ms: number): string | null {
  const [lasting, setLasting] = useState<string | null>(null)
  useEffect(() => {
    if (value === null) return
    const timer = setTimeout(() => setLasting(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return lasting === value ? lasting : null
}
