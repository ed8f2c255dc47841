import { Link, useLocation, useMatch } from 'react-router'
import { type DeskView, useDeskView } from '../desk/useDeskView'
import styles from './Layout.module.css'

const VIEWS: readonly { view: DeskView; label: string }[] = [
  { view: 'chart', label: 'Chart' },
  { view: 'book', label: 'Book' },
  { view: 'ticket', label: 'Ticket' },
  { view: 'orders', label: 'Orders' },
]

/** On a phone: the desk's panels one at a time, and the account. */
export function BottomBar() {
  const desk = useMatch('/trade/:symbol')
  const { pathname } = useLocation()
  const view = useDeskView()
  const base = desk === null ? '/' : pathname
  return (
    <nav aria-label="Panels" className={styles['bar']}>
      {VIEWS.map((each) => (
        <Link
          key={each.view}
          to={{ pathname: base, search: each.view === 'chart' ? '' : `?view=${each.view}` }}
          aria-current={desk !== null && view === each.view ? 'page' : undefined}
        >
          {each.label}
        </Link>
      ))}
      <Link to="/account" aria-current={pathname === '/account' ? 'page' : undefined}>
        Account
      </Link>
    </nav>
  )
}
