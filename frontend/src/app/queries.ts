import { QueryClient } from '@tanstack/react-query'
import { ApiProblem, Unreachable } from '@/api/problem'

const RETRIES = 3

/**
 * What is read of the platform, kept for the panels. Reads are tried again only where that can help; writes never
 * are. Nothing waits for the browser's word that it is online: a write would be sent at a moment that nobody chose.
 */
export function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: 'always',
        staleTime: 2_000,
        retry: (failures, error) => failures < RETRIES && isPassing(error),
        retryDelay: (failures, error) =>
          error instanceof ApiProblem && error.retryAfter !== null
            ? error.retryAfter * 1000
            : Math.min(8_000, 500 * 2 ** failures),
      },
      mutations: { networkMode: 'always', retry: false },
    },
  })
}

function isPassing(error: unknown): boolean {
  if (error instanceof Unreachable) return true
  return error instanceof ApiProblem && (error.status === 429 || error.status >= 500)
}
