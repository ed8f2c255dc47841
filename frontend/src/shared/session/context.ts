import { createContext, use } from 'react'
import { useStore } from 'zustand'
import type { Session, SessionState } from '@/core/session/session'
import type { User } from '@/core/session/user'

export const SessionContext = createContext<Session | null>(null)

/** What signs in and out. It never re-renders. */
export function useSession(): Session {
  const session = use(SessionContext)
  if (session === null) throw new Error('useSession needs a SessionContext above it')
  return session
}

export function useSessionPhase(): SessionState['phase'] {
  return useStore(useSession().store, (state) => state.phase)
}

/** Who is signed in; null for nobody, or while that is not known yet. */
export function useUser(): User | null {
  return useStore(useSession().store, (state) => state.user)
}
