import createClient, { type Client } from 'openapi-fetch'
import type { paths as AuthPaths } from './generated/auth'
import type { paths as MarketDataPaths } from './generated/market-data'
import type { paths as TradingPaths } from './generated/trading'
import { ApiProblem, isSafe, OutcomeUnknown, Unreachable } from './problem'

/** Who is calling. `core/session` is the one; a test may be another. */
export interface Bearer {
  /** An access token that is good now, or null when nobody is signed in. Rejects, as `renew` does, when nobody could say. */
  token(): Promise<string | null>
  /** A token other than `refused`, which the API would not take; null when there is none to be had. */
  renew(refused: string): Promise<string | null>
}

export interface Api {
  auth: Client<AuthPaths>
  trading: Client<TradingPaths>
  marketData: Client<MarketDataPaths>
}

interface Options {
  /** Where the platform answers: the page's own origin, unless told otherwise. */
  origin?: string
  bearer?: Bearer
  /** Looked up at each call by default, so that whoever replaces it is heard. */
  fetch?: (request: Request) => Promise<Response>
}

/** Longer than the gateway's own deadlines: after it nobody will answer any more. */
export const PATIENCE_MS = 15_000

/**
 * Typed clients of the platform's services. What they return is a success: everything else is thrown, as an
 * `ApiProblem`, `OutcomeUnknown` or `Unreachable`. A 401 is answered once with a renewed token, since it is said
 * before anything is done; nothing else is ever sent twice.
 */
export function createApi({
  origin = location.origin,
  bearer = NOBODY,
  fetch = (request) => globalThis.fetch(request),
}: Options = {}): Api {
  const options = {
    baseUrl: origin,
    fetch: (request: Request) => call(request, bearer, fetch),
    querySerializer: { array: { style: 'form', explode: false } },
  } as const
  return {
    auth: createClient<AuthPaths>(options),
    trading: createClient<TradingPaths>(options),
    marketData: createClient<MarketDataPaths>(options),
  }
}

/** The body of a successful answer: `await bodyOf(api.trading.GET('/v2/account'))`. */
export async function bodyOf<Body>(answer: Promise<{ data?: Body }>): Promise<Body> {
  return (await answer).data as Body
}

const NOBODY: Bearer = { token: () => Promise.resolve(null), renew: () => Promise.resolve(null) }

async function call(
  request: Request,
  bearer: Bearer,
  send: (request: Request) => Promise<Response>,
): Promise<Response> {
  const token = await reached(bearer.token())
  // A request's body can be read once, and a second attempt needs its own.
  let response = await attempt(request.clone(), token, send)
  if (response.status === 401 && token !== null) {
    const renewed = await reached(bearer.renew(token))
    if (renewed !== null) response = await attempt(request, renewed, send)
  }
  if (response.ok) return response
  const document: unknown = await response.json().catch(() => null)
  throw new ApiProblem(request.method, response.status, response.headers, document)
}

/** A token that nobody could give ends the call before anything was done. */
async function reached(token: Promise<string | null>): Promise<string | null> {
  try {
    return await token
  } catch (error) {
    throw new Unreachable(error)
  }
}

async function attempt(
  request: Request,
  token: string | null,
  send: (request: Request) => Promise<Response>,
): Promise<Response> {
  if (token !== null) request.headers.set('Authorization', `Bearer ${token}`)
  const patience = new AbortController()
  const timer = setTimeout(() => patience.abort(new Error('no answer in time')), PATIENCE_MS)
  const signal = AbortSignal.any([request.signal, patience.signal])
  try {
    return await send(new Request(request, { signal }))
  } catch (error) {
    // Whoever called it off knows; a write that was called off may have arrived all the same.
    if (request.signal.aborted && isSafe(request.method)) throw error
    throw isSafe(request.method) ? new Unreachable(error) : new OutcomeUnknown(error)
  } finally {
    clearTimeout(timer)
  }
}
