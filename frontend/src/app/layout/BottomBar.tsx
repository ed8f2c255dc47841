import { Link, useLocation, useMatch } from 'react-router'
import { type DeskView, searchOf, useDeskView, useTicketSheet } from '../desk/useDeskView'
import styles from './Layout.module.css'

/** On a phone: the desk's panels one at a time, the ticket over them, and the account. */
export function BottomBar() {
  const desk = useMatch('/trade/:symbol')
  const { pathname } = useLocation()
  const view = useDeskView()
  const sheet = useTicketSheet()
  const base = desk === null ? '/' : pathname
  const panel = (target: DeskView, label: string) => (
    <Link
      to={{ pathname: base, search: searchOf(target) }}
      aria-current={desk !== null && view === target ? 'page' : undefined}
    >
      {label}
    </Link>
  )
  return (
    <nav aria-label="Panels" className={styles['bar']}>
      {panel('chart', 'Chart')}
      {panel('book', 'Book')}
      <Link
        to={{ pathname: base, search: searchOf(view, true) }}
        replace={sheet.isOpen}
        aria-haspopup="dialog"
      >
        Ticket
      </Link>
      {panel('orders', 'Orders')}
      <Link to="/account" aria-current={pathname === '/account' ? 'page' : undefined}>
        Account
      </Link>
    </nav>
  )
}
