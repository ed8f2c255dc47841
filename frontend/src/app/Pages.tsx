import { lazy, type ReactNode, Suspense } from 'react'
import { Route, Routes } from 'react-router'
import { Skeleton } from '@/shared/ui/States'
import { Desk } from './desk/Desk'
import { FirstSymbol } from './desk/FirstSymbol'
import { ErrorBoundary } from './ErrorBoundary'
import { Layout } from './layout/Layout'
import { NotFound } from './NotFound'
import { SignedIn } from './SignedIn'

// The desk is what nearly everybody comes for; the rest is fetched when somebody goes there.
const LoginPage = lazy(() => import('@/features/session/LoginPage'))
const RegisterPage = lazy(() => import('@/features/session/RegisterPage'))
const AccountPage = lazy(() => import('@/features/account/AccountPage'))
const ActivityPanel = lazy(() => import('@/features/blotter/ActivityPanel'))
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
        <Route
          path="account"
          element={
            <SignedIn>
              <Later page={<AccountPage activity={<ActivityPanel />} />} />
            </SignedIn>
          }
        />
        <Route
          path="api-keys"
          element={
            <SignedIn>
              <Later page={<ApiKeysPage />} />
            </SignedIn>
          }
        />
        <Route
          path="admin"
          element={
            <SignedIn needs="admin">
              <Later page={<AdminPage />} />
            </SignedIn>
          }
        />
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
