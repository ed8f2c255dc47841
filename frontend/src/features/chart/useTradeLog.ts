import { useState } from 'react'
import { useTrades } from '@/shared/market/hooks'
import { extended, type Log, type Print } from './candles'
import type { History } from './history'

interface Kept {
  history: History | undefined
  heard: readonly Print[] | null
  log: Log
}

const EMPTY: Log = { trades: [], whole: true }

/** The history's trades and all that were heard since, while the chart shows single trades. */
export function useTradeLog(history: History | undefined): Log {
  const heard = useTrades()
  const [kept, setKept] = useState<Kept>({ history, heard: null, log: begun(history) })
  if (kept.history === history && kept.heard === heard) return kept.log
  // Adjusted while rendering, as React advises for state that follows other state.
  const log = kept.history === history ? kept.log : begun(history)
  const next = extended(log, heard ?? [])
  setKept({ history, heard, log: next })
  return next
}

function begun(history: History | undefined): Log {
  return history === undefined ? EMPTY : { trades: history.trades, whole: true }
}
