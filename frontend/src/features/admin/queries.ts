import { queryOptions } from '@tanstack/react-query'
import { bodyOf, type Api } from '@/api/client'
import type { components } from '@/api/generated/trading'

export type Halt = components['schemas']['HaltDocument']
export type Risk = components['schemas']['AccountRiskDocument']

/** All that the kill switch holds. */
export function haltsQuery(api: Api) {
  return queryOptions({
    queryKey: ['halts'],
    queryFn: async ({ signal }) => {
      const halts: Halt[] = []
      let cursor: string | null = null
      do {
        const query: { cursor?: string } = cursor === null ? {} : { cursor }
        const page: components['schemas']['HaltsDocument'] = await bodyOf(
          api.trading.GET('/v1/admin/halts', { params: { query }, signal }),
        )
        halts.push(...page.halts)
        cursor = page.next_cursor
      } while (cursor !== null)
      return halts
    },
  })
}

export function feeTiersQuery(api: Api) {
  return queryOptions({
    queryKey: ['fee-tiers'],
    queryFn: async ({ signal }) =>
      (await bodyOf(api.trading.GET('/v1/admin/fee-tiers', { signal }))).fee_tiers,
  })
}

/** What an account may do; `userId` is auth's. */
export function riskQuery(api: Api, userId: string) {
  return queryOptions({
    queryKey: ['risk', userId],
    queryFn: ({ signal }) =>
      bodyOf(
        api.trading.GET('/v1/admin/accounts/{account_id}/risk', {
          params: { path: { account_id: userId } },
          signal,
        }),
      ),
    staleTime: 0,
  })
}
