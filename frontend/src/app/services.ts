/** What the UI is made of apart from React, wired together once. */
import type { QueryClient } from '@tanstack/react-query'
import { createApi, type Api } from '@/api/client'
import { createMarket, type Market } from '@/core/market/market'
import { createPreferences, type PreferenceStore } from '@/core/preferences/preferences'
import { createTradingApi } from '@/core/orders/http'
import type { TradingOptions } from '@/core/orders/trading'
import { createSession, type Session } from '@/core/session/session'
import { createKeys, type Keys } from '@/shared/keys/registry'
import { streamTicket } from '@/core/session/streamTicket'
import { type Config, streamAddress } from './config'
import { createQueries } from './queries'

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

export function createServices(config: Config): Services {
  const origin = config.api || location.origin
  const session = createSession({ origin })
  const api = createApi({ origin, bearer: session.bearer })
  const preferences = createPreferences()
  const queries = createQueries()
  forgetOtherPeople(session, queries)
  const market = createMarket({
    address: () => streamAddress(config, '/v1/stream/market'),
    report: (problem) => console.warn(`market stream: ${problem}`),
  })
  // Every page shows what the market is worth to somebody: symbols, positions, equity.
  market.watchTickers('*')
  return {
    config,
    session,
    api,
    market,
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

/** What one user read is never shown to the next. */
function forgetOtherPeople(session: Session, queries: QueryClient): void {
  session.store.subscribe((now, before) => {
    const wasKnown = before.phase === 'signed-in' || before.phase === 'signed-out'
    if (wasKnown && now.user?.id !== before.user?.id) queries.clear()
  })
}
