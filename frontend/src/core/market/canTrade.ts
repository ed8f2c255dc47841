import type { MarketState } from './state'

/** Whether orders may be entered from what is shown; if not, why, as a sentence for people. */
export type CanTrade =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly code: BlockCode; readonly reason: string }

export type BlockCode = 'no_symbol' | 'offline' | 'not_live' | 'loading' | 'stale'

const ALLOWED: CanTrade = { allowed: true }

function blocked(code: BlockCode, reason: string): CanTrade {
  return { allowed: false, code, reason }
}

const BLOCKED = {
  no_symbol: blocked('no_symbol', 'Choose a symbol first.'),
  offline: blocked('offline', 'The market connection is down; reconnecting.'),
  not_live: blocked('not_live', 'The market feed is not live; prices may be old.'),
  loading: blocked('loading', 'The order book is loading.'),
  stale: blocked('stale', 'The order book is out of date; fetching it again.'),
} as const

/**
 * Orders are entered from a live book only. The store turns this false in the very message that shows a gap,
 * not in the frame after it. Answers are shared objects: compare them by identity.
 */
export function canTrade(state: MarketState): CanTrade {
  const { active, connection } = state
  if (active === null) return BLOCKED.no_symbol
  if (connection.phase !== 'open') return BLOCKED.offline
  if (connection.live === false) return BLOCKED.not_live
  // An old book that is shown is said to be old, also while a new connection has told nothing yet.
  if (active.bookPhase === 'stale') return BLOCKED.stale
  if (connection.live === null || active.bookPhase === 'loading') return BLOCKED.loading
  return ALLOWED
}
