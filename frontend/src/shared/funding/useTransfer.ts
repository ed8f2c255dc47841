import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { bodyOf } from '@/api/client'
import { isOutcomeUnknown } from '@/api/problem'
import { useApi } from '@/shared/api/context'
import { useTrading } from '@/shared/trading/context'

export interface Transfer {
  kind: 'deposit' | 'withdrawal'
  /** US dollars, as decimal text. */
  amount: string
}

const PATHS = {
  deposit: '/v1/funding/deposits',
  withdrawal: '/v1/funding/withdrawals',
} as const

/**
 * Moves paper cash. While it is not known whether a transfer came about, the same one keeps its
 * `Idempotency-Key`: asking again moves the money once.
 */
export function useTransfer() {
  const api = useApi()
  const trading = useTrading()
  const queries = useQueryClient()
  const pending = useRef<{ transfer: Transfer; key: string } | null>(null)
  return useMutation({
    mutationFn: async (transfer: Transfer) => {
      const before = pending.current
      const isRepeat =
        before?.transfer.kind === transfer.kind && before.transfer.amount === transfer.amount
      const key = isRepeat ? before.key : crypto.randomUUID()
      pending.current = { transfer, key }
      try {
        const done = await bodyOf(
          api.trading.POST(PATHS[transfer.kind], {
            params: { header: { 'idempotency-key': key } },
            body: { amount: transfer.amount },
          }),
        )
        pending.current = null
        return done
      } catch (error) {
        if (!isOutcomeUnknown(error)) pending.current = null
        throw error
      }
    },
    onSuccess: () => {
      trading?.refresh()
      return queries.invalidateQueries({ queryKey: ['account'] })
    },
  })
}
