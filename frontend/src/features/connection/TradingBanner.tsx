import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useApi } from '@/shared/api/context'
import { accountQuery, assetsQuery } from '@/shared/api/queries'
import { useActiveSymbol, useCanTrade } from '@/shared/market/hooks'
import { useUser } from '@/shared/session/context'
import styles from './connection.module.css'

/** A block shorter than this is over before anybody could read about it; the ticket is blocked from the start. */
export const BANNER_AFTER_MS = 800

/** Says that no orders can be placed, and why. It lies over the desk: nothing moves when it comes and goes. */
export function TradingBanner() {
  const reason = useLasting(useBlock(), BANNER_AFTER_MS)
  return (
    <div role="status" className={styles['bannerPlace']}>
      {reason === null ? null : (
        <p className={styles['banner']}>
          <strong>Trading is blocked.</strong> {reason}
        </p>
      )}
    </div>
  )
}

function useBlock(): string | null {
  const api = useApi()
  const isSignedIn = useUser() !== null
  const symbol = useActiveSymbol()
  const market = useCanTrade()
  const account = useQuery({ ...accountQuery(api), enabled: isSignedIn }).data
  const asset = useQuery({ ...assetsQuery(api), enabled: isSignedIn }).data?.find(
    (each) => each.symbol === symbol,
  )
  if (!market.allowed && market.code !== 'no_symbol' && market.code !== 'loading') {
    return market.reason
  }
  if (account?.account_blocked) return 'Your account is blocked. An administrator can say why.'
  if (account?.trading_blocked) return 'Your account may not trade. An administrator can say why.'
  if (asset !== undefined && !asset.tradable) return `${asset.symbol} is not traded at the moment.`
  return null
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
