import { CSPProvider } from '@base-ui/react/csp-provider'
import { QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, useEffect } from 'react'
import { BrowserRouter } from 'react-router'
import { ApiContext } from '@/shared/api/context'
import { KeysContext } from '@/shared/keys/context'
import { MarketProvider } from '@/shared/market/MarketProvider'
import { PreferencesContext } from '@/shared/preferences/context'
import { SessionContext, useUser } from '@/shared/session/context'
import { applyTheme } from '@/shared/theme/applyTheme'
import { TradingProvider } from '@/shared/trading/TradingProvider'
import { BrandContext } from '@/shared/ui/brand'
import { ToastProvider } from '@/shared/ui/Toasts'
import { ErrorBoundary } from './ErrorBoundary'
import { Pages } from './Pages'
import type { Services } from './services'

/** The whole UI: what it is made of, handed down to its pages. */
export function App({ services }: { services: Services }) {
  const { api, config, keys, market, preferences, queries, session, trading } = services
  useEffect(() => applyTheme(preferences), [preferences])
  useEffect(() => {
    const handle = (event: KeyboardEvent) => keys.handle(event)
    document.addEventListener('keydown', handle)
    return () => document.removeEventListener('keydown', handle)
  }, [keys])
  return (
    <ErrorBoundary what="The page">
      <CSPProvider disableStyleElements>
        <BrandContext value={config.name}>
          <QueryClientProvider client={queries}>
            <PreferencesContext value={preferences}>
              <SessionContext value={session}>
                <ApiContext value={api}>
                  <KeysContext value={keys}>
                    <MarketProvider market={market}>
                      <SignedInTrading options={trading}>
                        <ToastProvider>
                          <BrowserRouter>
                            <Pages />
                          </BrowserRouter>
                        </ToastProvider>
                      </SignedInTrading>
                    </MarketProvider>
                  </KeysContext>
                </ApiContext>
              </SessionContext>
            </PreferencesContext>
          </QueryClientProvider>
        </BrandContext>
      </CSPProvider>
    </ErrorBoundary>
  )
}

/** Orders and positions of whoever is signed in, for as long as they are. */
function SignedInTrading({
  options,
  children,
}: {
  options: Services['trading']
  children: ReactNode
}) {
  const user = useUser()
  return (
    <TradingProvider userId={user?.id ?? null} options={options}>
      {children}
    </TradingProvider>
  )
}
