import type { Connection } from '@/core/market/state'

/** The connection to the market, in one word and one sentence. */
export interface Status {
  readonly kind: 'live' | 'reconnecting' | 'stale' | 'offline'
  readonly word: string
  readonly sentence: string
}

type Heard = Pick<Connection, 'phase' | 'latencyMs' | 'live'>

export function statusOf(connection: Heard, bookIsStale: boolean, online: boolean): Status {
  const { phase, latencyMs, live } = connection
  if (!online) {
    return {
      kind: 'offline',
      word: 'offline',
      sentence: 'This device has no network. What you see is old.',
    }
  }
  if (phase !== 'open') {
    return {
      kind: 'reconnecting',
      word: phase === 'connecting' ? 'connecting' : 'reconnecting',
      sentence: 'The connection to the market is down. What you see is old; trying again.',
    }
  }
  if (live === null) {
    return {
      kind: 'reconnecting',
      word: 'connecting',
      sentence: 'The connection to the market stands. Waiting for the first word.',
    }
  }
  if (!live) {
    return {
      kind: 'stale',
      word: 'stale',
      sentence: 'The platform does not hear its matching engine. Prices may be old.',
    }
  }
  if (bookIsStale) {
    return {
      kind: 'stale',
      word: 'stale book',
      sentence: 'A part of the order book was missed. It is being fetched again.',
    }
  }
  const latency = latencyMs === null ? '' : ` ${latencyOf(latencyMs)}`
  return {
    kind: 'live',
    word: `live${latency}`,
    sentence: `Prices are live.${latency === '' ? '' : ` A message takes${latency} to the platform and back.`}`,
  }
}

function latencyOf(ms: number): string {
  return ms < 1 ? '<1 ms' : `${Math.round(ms)} ms`
}
