import { Link, Navigate, useLocation } from 'react-router'
import { useSession, useUser } from '@/shared/session/context'
import { Page } from '@/shared/ui/Page'
import { registration } from './rules'
import styles from './session.module.css'
import { SignInForm } from './SignInForm'

/** `/register`: a name, a password, and one is in. */
export default function RegisterPage() {
  const session = useSession()
  const from = (useLocation().state as { from?: string } | null)?.from ?? '/'
  if (useUser() !== null) return <Navigate to={from} replace />
  return (
    <Page
      narrow
      title="Create account"
      intro="Trade with paper cash on the live market. No money changes hands."
    >
      <SignInForm
        rules={registration}
        act="Create account"
        isNew
        passwordHint="At least 10 characters."
        places={{ username_taken: 'username' }}
        onSubmit={(values) => session.register(values)}
      />
      <p className={styles['other']}>
        Already have one?{' '}
        <Link to="/login" state={{ from }}>
          Log in
        </Link>
      </p>
    </Page>
  )
}
