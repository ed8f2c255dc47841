import { Navigate, useLocation } from 'react-router'
import { useInstruments } from '@/shared/api/useInstruments'
import { useConnection } from '@/shared/market/hooks'
import { useUser } from '@/shared/session/context'
import { Page } from '@/shared/ui/Page'
import { Skeleton } from '@/shared/ui/States'
import { lastSymbol } from './lastSymbol'

/** `/`: the desk with the symbol of the last visit, or with the first there is. */
export function FirstSymbol() {
  const { search } = useLocation()
  const instruments = useInstruments()
  const { phase } = useConnection()
  const isAdmin = useUser()?.roles.includes('admin') ?? false
  const before = lastSymbol()
  const first = instruments?.find(({ symbol }) => symbol === before) ?? instruments?.[0]
  if (first !== undefined) {
    return (
      <Navigate to={{ pathname: `/trade/${encodeURIComponent(first.symbol)}`, search }} replace />
    )
  }
  if (instruments === null && phase === 'open') {
    return (
      <Page
        title="Nothing is listed yet"
        intro={
          isAdmin
            ? 'List the first asset on the administration page; its market opens at once.'
            : 'An administrator lists the first asset. This page shows it as soon as it is there.'
        }
      >
        {null}
      </Page>
    )
  }
  return <Skeleton rows={12} />
}
