import { type ReactNode, useEffect, useState } from 'react'
import { createStore } from 'zustand/vanilla'
import { createTrading, type TradingOptions } from '@/core/orders/trading'
import { type SessionTrading, TradingContext } from './context'
import { resetTicket } from './ticket'

interface Props {
  /** Who is signed in: another one gets records of their own, nobody gets none. */
  userId: string | null
  /** How to reach the platform. Has to stay the same object. */
  options: TradingOptions
  children: ReactNode
}

/** Loads the account when somebody signs in, and forgets it and what they typed when they leave. */
export function TradingProvider({ userId, options, children }: Props) {
  const [current] = useState(() => createStore<SessionTrading>(() => ({ trading: null })))
  useEffect(() => {
    if (userId === null) return
    const trading = createTrading(userId, options)
    current.setState({ trading })
    return () => {
      trading.close()
      current.setState({ trading: null })
      resetTicket()
    }
  }, [current, userId, options])
  return <TradingContext value={current}>{children}</TradingContext>
}
