import { bodyOf, type Api } from '@/api/client'
import type { components } from '@/api/generated/auth'

type User = components['schemas']['User']

/** The user of a name, without regard to case; null when there is none. Reads auth's list page by page. */
export async function findUser(api: Api, username: string): Promise<User | null> {
  const sought = username.trim().toLowerCase()
  let after: string | null = null
  do {
    const query: { limit: number; after?: string } = {
      limit: 200,
      ...(after === null ? {} : { after }),
    }
    const page: components['schemas']['UserPage'] = await bodyOf(
      api.auth.GET('/v1/admin/users', { params: { query } }),
    )
    const found = page.users.find((user) => user.username.toLowerCase() === sought)
    if (found !== undefined) return found
    after = page.next_cursor
  } while (after !== null)
  return null
}
