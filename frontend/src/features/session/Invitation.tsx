import { useNavigate, useLocation } from 'react-router'
import { Button } from '@/shared/ui/Button'
import styles from './session.module.css'

/** Where the ticket would be, for a visitor: the way to an account. */
export function Invitation() {
  const navigate = useNavigate()
  const { pathname } = useLocation()
  const go = (to: string) => void navigate(to, { state: { from: pathname } })
  return (
    <div className={styles['invitation']}>
      <h3>Trade this market</h3>
      <p>
        You are looking at the live market. An account comes with paper cash, so the first order is
        a minute away.
      </p>
      <div className={styles['acts']}>
        <Button kind="primary" onClick={() => go('/register')}>
          Create account
        </Button>
        <Button onClick={() => go('/login')}>Log in</Button>
      </div>
    </div>
  )
}
