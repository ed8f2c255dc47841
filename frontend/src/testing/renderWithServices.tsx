import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import type { ReactNode } from 'react'
import { MemoryRouter } from 'react-router'
import { createStore } from 'zustand/vanilla'
import { createApi } from '@/api/client'
import { createPreferences } from '@/core/preferences/preferences'
import type { Session, SessionState } from '@/core/session/session'
import { ApiContext } from '@/shared/api/context'
import { PreferencesContext } from '@/shared/preferences/context'
import { SessionContext } from '@/shared/session/context'
import { ToastProvider } from '@/shared/ui/Toasts'

export const ORIGIN = 'http://platform.test'

export const ADA = {
  id: '7b0f1d7e-0000-4000-8000-000000000001',
  username: 'ada',
  roles: ['trader'],
  scopes: ['trading:read', 'trading:write'],
  tier: 'normal',
  disabled: false,
  created_at: '2026-11-22T10:00:00Z',
} as SessionState['user']

/** A page with a real API client (msw answers it) and somebody, or nobody, signed in. */
export function renderWithServices(
  page: ReactNode,
  {
    user = ADA,
    session = {},
    path = '/',
  }: { user?: SessionState['user']; session?: Partial<Session>; path?: string } = {},
) {
  const bearer = { token: () => Promise.resolve('token'), renew: () => Promise.resolve(null) }
  const store = createStore<SessionState>(() =>
    user === null ? { phase: 'signed-out', user: null } : { phase: 'signed-in', user },
  )
  const nothing = () => Promise.resolve()
  const signedIn: Session = {
    store,
    bearer,
    start: nothing,
    login: nothing,
    register: nothing,
    logout: nothing,
    close: () => undefined,
    ...session,
  }
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const preferences = createPreferences()
  return {
    user: userEvent.setup(),
    store,
    preferences,
    ...render(
      <QueryClientProvider client={queries}>
        <PreferencesContext value={preferences}>
          <SessionContext value={signedIn}>
            <ApiContext value={createApi({ origin: ORIGIN, bearer })}>
              <ToastProvider>
                <MemoryRouter initialEntries={[path]}>{page}</MemoryRouter>
              </ToastProvider>
            </ApiContext>
          </SessionContext>
        </PreferencesContext>
      </QueryClientProvider>,
    ),
  }
}
