import { Link, useLocation, useMatch, useNavigate } from 'react-router'
import { sentenceOf } from '@/api/problem'
import { formatMoney } from '@/core/numbers/money'
import { ConnectionStatus } from '@/features/connection/ConnectionStatus'
import { TradingBanner } from '@/features/connection/TradingBanner'
import { Headline } from '@/features/symbols/Headline'
import { SymbolSearch } from '@/features/symbols/SymbolSearch'
import { useInstruments } from '@/shared/api/useInstruments'
import { usePreference, usePreferenceStore } from '@/shared/preferences/context'
import { useSession, useSessionPhase, useUser } from '@/shared/session/context'
import { useAccount } from '@/shared/trading/hooks'
import { useEquity } from '@/shared/trading/useEquity'
import { useBrand } from '@/shared/ui/brand'
import { Button } from '@/shared/ui/Button'
import { classes } from '@/shared/ui/classes'
import { Menu, MenuItem, MenuLine, MenuNote } from '@/shared/ui/Menu'
import { useToast } from '@/shared/ui/useToast'
import styles from './Layout.module.css'

/** What is looked at, what one has, how the connection is, and the way to everything else. */
export function Header() {
  const brand = useBrand()
  const desk = useMatch('/trade/:symbol')
  const phase = useSessionPhase()
  return (
    <header className={classes(styles['header'], desk !== null && styles['onDesk'])}>
      <Link to="/" className={styles['brand']} aria-label={`${brand}, the market`}>
        <img src="/favicon.svg" alt="" />
        <span className={styles['brandName']}>{brand}</span>
      </Link>
      <Market symbol={desk?.params.symbol ?? null} />
      <div className={styles['notice']}>{desk === null ? null : <TradingBanner />}</div>
      <div className={styles['end']}>
        {phase === 'signed-in' ? <Figures /> : null}
        <TradingKeysSwitch />
        <div className={styles['connection']}>
          <ConnectionStatus />
        </div>
        {phase === 'signed-in' ? <UserMenu /> : null}
        {phase === 'signed-out' ? <VisitorLinks /> : null}
        {phase === 'unreachable' ? <span role="status">not signed in yet</span> : null}
      </div>
    </header>
  )
}

function Market({ symbol }: { symbol: string | null }) {
  const navigate = useNavigate()
  const { search } = useLocation()
  const instruments = useInstruments()
  const instrument = instruments?.find((each) => each.symbol === symbol)
  return (
    <>
      {instrument === undefined ? null : (
        <div className={styles['headline']}>
          <Headline instrument={instrument} />
        </div>
      )}
      <div className={styles['search']}>
        <SymbolSearch
          instruments={instruments ?? []}
          chosen={symbol}
          onChoose={(chosen) =>
            void navigate({
              pathname: `/trade/${encodeURIComponent(chosen)}`,
              search: symbol === null ? '' : search,
            })
          }
        />
      </div>
    </>
  )
}

function Figures() {
  const account = useAccount()
  const equity = useEquity()
  return (
    <dl className={styles['figures']}>
      <div>
        <dt>equity</dt>
        <dd>{equity === null ? '–' : formatMoney(equity)}</dd>
      </div>
      <div>
        <dt>cash</dt>
        <dd>{account === null ? '–' : formatMoney(account.cash)}</dd>
      </div>
    </dl>
  )
}

/** Visible as long as single keys act on orders, and the way to end that. */
function TradingKeysSwitch() {
  const preferences = usePreferenceStore()
  if (!usePreference('tradingKeys')) return null
  return (
    <button
      type="button"
      className={styles['keysOn']}
      title="Single keys act on orders. Press to switch that off."
      onClick={() => preferences.setState({ tradingKeys: false })}
    >
      keys on
    </button>
  )
}

function UserMenu() {
  const user = useUser()
  const session = useSession()
  const navigate = useNavigate()
  const toast = useToast()
  if (user === null) return null
  const logOut = () => {
    session
      .logout()
      .catch((error: unknown) =>
        toast(`Logged out here, but the platform was not told: ${sentenceOf(error)}.`, 'problem'),
      )
      .finally(() => void navigate('/'))
  }
  return (
    <Menu
      trigger={
        <Button kind="quiet" className={styles['trigger']}>
          {user.username} <span aria-hidden="true">▾</span>
        </Button>
      }
    >
      <MenuNote>Signed in as {user.username}</MenuNote>
      <MenuItem link={<Link to="/account" />}>Account</MenuItem>
      <MenuItem link={<Link to="/api-keys" />}>API keys</MenuItem>
      {user.roles.includes('admin') ? (
        <MenuItem link={<Link to="/admin" />}>Administration</MenuItem>
      ) : null}
      <MenuItem link={<Link to="/settings" />}>Settings</MenuItem>
      <MenuLine />
      <MenuItem onClick={logOut}>Log out</MenuItem>
    </Menu>
  )
}

function VisitorLinks() {
  const { pathname } = useLocation()
  const from = pathname === '/login' || pathname === '/register' ? '/' : pathname
  return (
    <nav aria-label="Account" className={styles['visitor']}>
      <Link to="/settings" className={styles['settings']}>
        Settings
      </Link>
      <Link to="/login" state={{ from }}>
        Log in
      </Link>
      <Link to="/register" state={{ from }} className={styles['join']}>
        Create account
      </Link>
    </nav>
  )
}
