import { useSearchParams } from 'react-router'
import { useMediaQuery } from '@/shared/theme/useTheme'

/** Where one panel is shown at a time. */
export const PHONE = '(max-width: 767px)'

/** Which panel a phone shows. It is in the address, so that "back" goes back to it. */
export type DeskView = 'chart' | 'book' | 'ticket' | 'orders'

const VIEWS: readonly DeskView[] = ['chart', 'book', 'ticket', 'orders']

export function useDeskView(): DeskView {
  const asked = useSearchParams()[0].get('view')
  return VIEWS.find((view) => view === asked) ?? 'chart'
}

/** Brings the ticket up where only one panel is shown; elsewhere it is there already. */
export function useShowTicket(): () => void {
  const isPhone = useMediaQuery(PHONE)
  const setParameters = useSearchParams()[1]
  return () => {
    if (isPhone) setParameters({ view: 'ticket' })
  }
}
