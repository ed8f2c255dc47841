import { Link, Navigate, useLocation } from 'react-router'
import { useSession, useUser } from '@/shared/session/context'
import { Page } from '@/shared/ui/Page'
import { credentials } from './rules'
import styles from './session.module.css'
import { SignInForm } from './SignInForm'

/** `/login`. Whoever was sent here goes back to where they came from. */
export default function LoginPage() {
  const session = useSession()
  const from = (useLocation().state as { from?: string } | null)?.from ?? '/'
  if (useUser() !== null) return <Navigate to={from} replace />
  return (
    <Page narrow title="Log in">
      <SignInForm
        rules={credentials}
        act="Log in"
        isNew={false}
        onSubmit={(values) => session.login(values)}
      />
      <p className={styles['other']}>
        No account yet?{' '}
        <Link to="/register" state={{ from }}>
          Create account
        </Link>
      </p>
    </Page>
  )
}
