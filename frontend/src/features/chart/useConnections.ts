import { useState } from 'react'
import { useConnection } from '@/shared/market/hooks'

/** How many times the market was connected to: what depends on having heard everything begins anew with each. */
export function useConnections(): number {
  const { phase } = useConnection()
  const [seen, setSeen] = useState({ phase, count: 1 })
  if (seen.phase !== phase) {
    // Adjusted while rendering, as React advises for state that follows other state.
    const reconnected = phase === 'open' && seen.phase !== 'open'
    setSeen({ phase, count: reconnected ? seen.count + 1 : seen.count })
  }
  return seen.count
}
