/** What the UI is made of apart from React, wired together once. */
import { QueryClient } from '@tanstack/react-query'
import { createApi, type Api } from '@/api/client'
import { ApiProblem, Unreachable } from '@/api/problem'
import { createMarket, type Market } from '@/core/market/market'
import { createPreferences, type PreferenceStore } from '@/core/preferences/preferences'
import { createTradingApi } from '@/core/orders/http'
import type { TradingOptions } from '@/core/orders/trading'
import { createSession, type Session } from '@/core/session/session'
import { createKeys, type Keys } from '@/shared/keys/registry'
import { streamTicket } from '@/core/session/streamTicket'
import { type Config, streamAddress } from './config'

export interface Services {
  config: Config
  session: Session
  api: Api
  market: Market
  preferences: PreferenceStore
  keys: Keys
  queries: QueryClient
  /** How whoever signs in reaches their orders. */
  trading: TradingOptions
}

const RETRIES = 3

export function createServices(config: Config): Services {
  const origin = config.api || location.origin
  const session = createSession({ origin })
  const api = createApi({ origin, bearer: session.bearer })
  const preferences = createPreferences()
  const queries = createQueries()
  forgetOtherPeople(session, queries)
  return {
    config,
    session,
    api,
    market: createMarket({
      address: () => streamAddress(config, '/v1/stream/market'),
      report: (problem) => console.warn(`market stream: ${problem}`),
    }),
    preferences,
    keys: createKeys(() => preferences.getState().tradingKeys),
    queries,
    trading: {
      api: createTradingApi(api),
      address: async () => `${streamAddress(config, '/stream')}?ticket=${await streamTicket(api)}`,
      report: (problem) => console.warn(`trade updates: ${problem}`),
    },
  }
}

/** Reads are tried again only where that can help; writes never are. */
function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 2_000,
        retry: (failures, error) => failures < RETRIES && isPassing(error),
        retryDelay: (failures, error) =>
          error instanceof ApiProblem && error.retryAfter !== null
            ? error.retryAfter * 1000
            : Math.min(8_000, 500 * 2 ** failures),
      },
      mutations: { retry: false },
    },
  })
}

function isPassing(error: unknown): boolean {
  if (error instanceof Unreachable) return true
  return error instanceof ApiProblem && (error.status === 429 || error.status >= 500)
}

/** What one user read is never shown to the next. */
function forgetOtherPeople(session: Session, queries: QueryClient): void {
  session.store.subscribe((now, before) => {
    if (now.user?.id !== before.user?.id && before.phase !== 'unknown') queries.clear()
  })
}
