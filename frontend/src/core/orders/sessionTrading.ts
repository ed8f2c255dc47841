import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Trading } from './trading'

/** The trading of whoever is signed in; null for nobody. */
export interface SessionTrading {
  readonly trading: Trading | null
}

/** Makes trading for each user that signs in, and closes it when they leave: nobody sees another's records. */
export function followSession(
  session: StoreApi<{ readonly user: { readonly id: string } | null }>,
  make: () => Trading,
): StoreApi<SessionTrading> {
  const followed = (userId: string | undefined): SessionTrading => ({
    trading: userId === undefined ? null : make(),
  })
  const store = createStore<SessionTrading>(() => followed(session.getState().user?.id))
  session.subscribe((now, before) => {
    if (now.user?.id === before.user?.id) return
    store.getState().trading?.close()
    store.setState(followed(now.user?.id), true)
  })
  return store
}
