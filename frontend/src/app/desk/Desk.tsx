import { lazy, type ReactNode, Suspense, useEffect } from 'react'
import { Link, useLocation, useNavigate, useParams } from 'react-router'
import { Chart } from '@/features/chart/Chart'
import { Ladder } from '@/features/ladder/Ladder'
import type { OwnMove, Pick } from '@/features/ladder/types'
import { Invitation } from '@/features/session/Invitation'
import { Tape } from '@/features/tape/Tape'
import { Ticket } from '@/features/ticket/Ticket'
import { useInstruments } from '@/shared/api/useInstruments'
import { useMarket } from '@/shared/market/context'
import { useActiveInstrument } from '@/shared/market/hooks'
import { usePreference } from '@/shared/preferences/context'
import { useSessionPhase } from '@/shared/session/context'
import { useMediaQuery, useTheme } from '@/shared/theme/useTheme'
import { useOpenOrdersOf, useOwnQuantities } from '@/shared/trading/hooks'
import { callTicket, fillTicket } from '@/shared/trading/ticket'
import { useMove, useRefusedChanges } from '@/shared/trading/useMove'
import { classes } from '@/shared/ui/classes'
import { Dialog } from '@/shared/ui/Dialog'
import { Page } from '@/shared/ui/Page'
import { Panel } from '@/shared/ui/Panel'
import { Skeleton } from '@/shared/ui/States'
import { useTitle } from '@/shared/ui/useTitle'
import { ErrorBoundary } from '../ErrorBoundary'
import { SessionAwaited } from '../SessionAwaited'
import styles from './Desk.module.css'
import { rememberSymbol } from './lastSymbol'
import { idsAt, useChartFills, useChartOrders, useOwnPrints } from './ownMarks'
import { PHONE, searchOf, useDeskView, useTicketSheet } from './useDeskView'

/** Visitors have none: it is fetched for those who trade. */
const Blotter = lazy(() => import('@/features/blotter/Blotter'))

/** `/trade/:symbol`: the market of one symbol, and what one does in it. */
export function Desk() {
  const { symbol = '' } = useParams()
  useWatched(symbol)
  useTitle(symbol)
  useStartAtContent()
  useRefusedChanges()
  const isPhone = useMediaQuery(PHONE)
  const isUnknown = useIsUnknown(symbol)
  if (isUnknown) {
    return (
      <Page title={`There is no symbol ${symbol}`} intro="Search for another.">
        <p>
          <Link to="/">Go to the market</Link>
        </p>
      </Page>
    )
  }
  return isPhone ? <OnePanel symbol={symbol} /> : <AllPanels />
}

/** Whether nothing of that name is traded. One that was listed a moment ago has a book before it is in the list. */
function useIsUnknown(symbol: string): boolean {
  const instruments = useInstruments()
  const hasBook = useActiveInstrument() !== null
  return instruments !== null && !hasBook && !instruments.some((each) => each.symbol === symbol)
}

function AllPanels() {
  const isVisitor = useSessionPhase() === 'signed-out'
  return (
    <div className={classes(styles['desk'], isVisitor && styles['visitor'])}>
      <div className={styles['chart']}>
        <ChartPanel />
      </div>
      <div className={styles['market']}>
        <LadderPanel />
        <TapePanel />
      </div>
      <div className={styles['ticket']}>
        <TicketPanel />
      </div>
      {isVisitor ? null : (
        <div className={styles['blotter']}>
          <BlotterPanel />
        </div>
      )}
    </div>
  )
}

function OnePanel({ symbol }: { symbol: string }) {
  const view = useDeskView()
  const sheet = useTicketSheet()
  return (
    <div className={classes(styles['single'], view === 'book' && styles['market'])}>
      {view === 'chart' ? <ChartPanel /> : null}
      {view === 'book' ? (
        <>
          <LadderPanel />
          <TapePanel />
        </>
      ) : null}
      {view === 'orders' ? <BlotterPanel /> : null}
      <Dialog form="sheet" title={`Trade ${symbol}`} open={sheet.isOpen} onClose={sheet.close}>
        <div className={styles['inSheet']}>
          <TicketPanel />
        </div>
      </Dialog>
    </div>
  )
}

function ChartPanel() {
  const theme = useTheme()
  const palette = usePreference('palette')
  const instrument = useActiveInstrument()
  const move = useMove(instrument)
  return (
    <Whole what="The chart">
      <Chart
        orders={useChartOrders(instrument)}
        fills={useChartFills(instrument)}
        onMove={({ orderId, which }, ticks) => move([orderId], which, ticks)}
        theme={`${theme} ${palette}`}
      />
    </Whole>
  )
}

function LadderPanel() {
  const instrument = useActiveInstrument()
  const isSignedIn = useSessionPhase() === 'signed-in'
  const sheet = useTicketSheet()
  const own = useOpenOrdersOf(instrument?.symbol ?? null)
  const move = useMove(instrument)
  const moveOwn = ({ side, from, to }: OwnMove) => {
    if (instrument !== null) move(idsAt(own, instrument, side, from), 'limit', to)
  }
  const pick = ({ ticks, side }: Pick) => {
    if (instrument === null) return
    fillTicket({ instrument, side, ticks })
    callTicket(instrument.symbol, side)
    sheet.open()
  }
  return (
    <Whole what="The ladder">
      <Ladder
        ownQuantities={useOwnQuantities(instrument)}
        onPick={isSignedIn ? pick : undefined}
        onMove={isSignedIn ? moveOwn : undefined}
      />
    </Whole>
  )
}

function TapePanel() {
  const own = useOwnPrints(useActiveInstrument())
  return (
    <Whole what="The tape">
      <Tape ownPrints={own} />
    </Whole>
  )
}

function TicketPanel() {
  return (
    <Whole what="The ticket">
      <Ticket invitation={INSTEAD_OF_TICKET[useSessionPhase()]} />
    </Whole>
  )
}

const INSTEAD_OF_TICKET = {
  unknown: <Skeleton rows={8} />,
  unreachable: <SessionAwaited />,
  'signed-out': <Invitation />,
  // Until the account is loaded.
  'signed-in': <Skeleton rows={8} />,
} as const

function BlotterPanel() {
  const navigate = useNavigate()
  const isPhone = useMediaQuery(PHONE)
  const isVisitor = useSessionPhase() === 'signed-out'
  const show = (symbol: string) =>
    void navigate({
      pathname: `/trade/${encodeURIComponent(symbol)}`,
      search: isPhone ? searchOf('orders', true) : '',
    })
  return (
    <Whole what="The blotter">
      {isVisitor ? (
        <Panel title="Orders">
          <Invitation />
        </Panel>
      ) : (
        <Suspense fallback={<Skeleton rows={4} />}>
          <Blotter onShow={show} first={isPhone ? 'orders' : 'positions'} />
        </Suspense>
      )}
    </Whole>
  )
}

/** A panel that breaks leaves the others alone. */
function Whole({ what, children }: { what: string; children: ReactNode }) {
  return <ErrorBoundary what={what}>{children}</ErrorBoundary>
}

function useWatched(symbol: string): void {
  const market = useMarket()
  useEffect(() => {
    market.watch(symbol)
    rememberSymbol(symbol)
    return () => void market.watch(null)
  }, [market, symbol])
}

/** Whoever came here by a link starts at the content, not at the link that is gone. */
function useStartAtContent(): void {
  const arrivedByLink = useLocation().key !== 'default'
  useEffect(() => {
    if (arrivedByLink) document.getElementById('main')?.focus()
    // Once: choosing another symbol is no new page.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [])
}
