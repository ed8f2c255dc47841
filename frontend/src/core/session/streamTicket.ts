import { bodyOf, type Api } from '@/api/client'

/** A ticket for one websocket: it works once, for half a minute. Fetch one for each attempt to connect. */
export async function streamTicket(api: Api): Promise<string> {
  return (await bodyOf(api.auth.POST('/v1/auth/stream-tickets'))).ticket
}
