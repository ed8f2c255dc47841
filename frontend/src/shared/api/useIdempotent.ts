import { useCallback, useRef } from 'react'
import { isOutcomeUnknown } from '@/api/problem'
import { uuid } from '@/core/ids/uuid'

/**
 * Sends something under an `Idempotency-Key`. While it is not known whether it came about, the same thing (`of`
 * says what it is) keeps its key: sending it again does it once.
 */
export function useIdempotent() {
  const pending = useRef<{ of: string; key: string } | null>(null)
  return useCallback(async <T>(of: string, send: (key: string) => Promise<T>): Promise<T> => {
    const key = pending.current?.of === of ? pending.current.key : uuid()
    pending.current = { of, key }
    try {
      const done = await send(key)
      pending.current = null
      return done
    } catch (error) {
      if (!isOutcomeUnknown(error)) pending.current = null
      throw error
    }
  }, [])
}
