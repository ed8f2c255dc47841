import { useSyncExternalStore } from 'react'
import { useConnection, useMarketState } from '@/shared/market/hooks'
import { type Status, statusOf } from './status'

export function useStatus(): Status {
  const connection = useConnection()
  const bookIsStale = useMarketState((state) => state.active?.bookPhase === 'stale')
  return statusOf(connection, bookIsStale, useOnline())
}

function useOnline(): boolean {
  return useSyncExternalStore(
    (changed) => {
      window.addEventListener('online', changed)
      window.addEventListener('offline', changed)
      return () => {
        window.removeEventListener('online', changed)
        window.removeEventListener('offline', changed)
      }
    },
    () => navigator.onLine,
  )
}
