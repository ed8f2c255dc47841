import type { ReactNode } from 'react'
import { Navigate, useLocation } from 'react-router'
import { useSessionPhase, useUser } from '@/shared/session/context'
import { Skeleton } from '@/shared/ui/States'
import { NotFound } from './NotFound'
import { SessionAwaited } from './SessionAwaited'

/** For signed-in people only; the others log in first and then come back. */
export function SignedIn({ children, needs }: { children: ReactNode; needs?: 'admin' }) {
  const phase = useSessionPhase()
  const user = useUser()
  const { pathname } = useLocation()
  if (phase === 'unknown') return <Skeleton rows={8} />
  if (phase === 'unreachable') return <SessionAwaited />
  if (user === null) return <Navigate to="/login" replace state={{ from: pathname }} />
  if (needs !== undefined && !user.roles.includes(needs)) return <NotFound />
  return children
}
