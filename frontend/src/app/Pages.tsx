import { lazy, type ReactNode, Suspense } from 'react'
import { Navigate, Route, Routes, useLocation } from 'react-router'
import { useSessionPhase, useUser } from '@/shared/session/context'
import { Page } from '@/shared/ui/Page'
import { Skeleton } from '@/shared/ui/States'
import { Desk } from './desk/Desk'
import { FirstSymbol } from './desk/FirstSymbol'
import { ErrorBoundary } from './ErrorBoundary'
import { Layout } from './layout/Layout'

// The desk is what nearly everybody comes for; the rest is fetched when somebody goes there.
const LoginPage = lazy(() => import('@/features/session/LoginPage'))
const RegisterPage = lazy(() => import('@/features/session/RegisterPage'))
const AccountPage = lazy(() => import('@/features/account/AccountPage'))
const ApiKeysPage = lazy(() => import('@/features/api-keys/ApiKeysPage'))
const AdminPage = lazy(() => import('@/features/admin/AdminPage'))
const SettingsPage = lazy(() => import('@/features/settings/SettingsPage'))

/** Every address of the UI. */
export function Pages() {
  return (
    <Routes>
      <Route element={<Layout />}>
        <Route index element={<FirstSymbol />} />
        <Route path="trade/:symbol" element={<Desk />} />
        <Route path="login" element={<Later page={<LoginPage />} />} />
        <Route path="register" element={<Later page={<RegisterPage />} />} />
        <Route path="account" element={<SignedIn page={<AccountPage />} />} />
        <Route path="api-keys" element={<SignedIn page={<ApiKeysPage />} />} />
        <Route path="admin" element={<SignedIn page={<AdminPage />} needs="admin" />} />
        <Route path="settings" element={<Later page={<SettingsPage />} />} />
        <Route path="*" element={<NotFound />} />
      </Route>
    </Routes>
  )
}

function Later({ page }: { page: ReactNode }) {
  return (
    <ErrorBoundary what="This page">
      <Suspense fallback={<Skeleton rows={8} />}>{page}</Suspense>
    </ErrorBoundary>
  )
}

/** For signed-in people only; the others log in first and then come back. */
function SignedIn({ page, needs }: { page: ReactNode; needs?: 'admin' }) {
  const phase = useSessionPhase()
  const user = useUser()
  const { pathname } = useLocation()
  if (phase === 'unknown') return <Skeleton rows={8} />
  if (user === null) return <Navigate to="/login" replace state={{ from: pathname }} />
  if (needs !== undefined && !user.roles.includes(needs)) return <NotFound />
  return <Later page={page} />
}

function NotFound() {
  return (
    <Page title="There is no such page" intro="Its address is wrong, or it is not yours to see.">
      <p>
        <a href="/">Go to the market</a>
      </p>
    </Page>
  )
}
