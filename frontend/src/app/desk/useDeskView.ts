import { useSearchParams } from 'react-router'
import { useMediaQuery } from '@/shared/theme/useTheme'

/** Where one panel is shown at a time, and the ticket as a sheet over it. */
export const PHONE = '(max-width: 767px)'

/** Which panel a phone shows. It is in the address, so that "back" goes back to it. */
export type DeskView = 'chart' | 'book' | 'orders'

const VIEWS: readonly DeskView[] = ['chart', 'book', 'orders']

export function useDeskView(): DeskView {
  const asked = useSearchParams()[0].get('view')
  return VIEWS.find((view) => view === asked) ?? 'chart'
}

/** The query of a view, with the ticket over it or without. */
export function searchOf(view: DeskView, withTicket = false): string {
  const parameters = new URLSearchParams()
  if (view !== 'chart') parameters.set('view', view)
  if (withTicket) parameters.set('ticket', 'open')
  const text = parameters.toString()
  return text === '' ? '' : `?${text}`
}

interface Sheet {
  isOpen: boolean
  /** Brings the ticket up where it is a sheet; elsewhere it is there already. */
  open: () => void
  close: () => void
}

export function useTicketSheet(): Sheet {
  const isPhone = useMediaQuery(PHONE)
  const view = useDeskView()
  const [parameters, setParameters] = useSearchParams()
  return {
    isOpen: isPhone && parameters.get('ticket') === 'open',
    open: () => {
      if (isPhone) setParameters(searchOf(view, true))
    },
    close: () => setParameters(searchOf(view), { replace: true }),
  }
}
