import { useMutation } from '@tanstack/react-query'
import { bodyOf } from '@/api/client'
import { useApi } from '@/shared/api/context'
import { useIdempotent } from '@/shared/api/useIdempotent'
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

/** Moves paper cash; the same transfer of an unknown outcome is made once however often it is sent. */
export function useTransfer() {
  const api = useApi()
  const trading = useTrading()
  const once = useIdempotent()
  return useMutation({
    mutationFn: ({ kind, amount }: Transfer) =>
      once(`${kind} ${amount}`, (key) =>
        bodyOf(
          api.trading.POST(PATHS[kind], {
            params: { header: { 'idempotency-key': key } },
            body: { amount },
          }),
        ),
      ),
    onSuccess: () => trading?.refresh(),
  })
}
