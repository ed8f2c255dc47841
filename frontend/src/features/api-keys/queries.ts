import { queryOptions } from '@tanstack/react-query'
import { bodyOf, type Api } from '@/api/client'
import type { components } from '@/api/generated/auth'

export type ApiKey = components['schemas']['ApiKey']
export type ApiKeyWithSecret = components['schemas']['ApiKeyWithSecret']
export type Scope = ApiKey['scopes'][number]

export function apiKeysQuery(api: Api) {
  return queryOptions({
    queryKey: ['api-keys'],
    queryFn: ({ signal }) => bodyOf(api.auth.GET('/v1/auth/api-keys', { signal })),
  })
}
