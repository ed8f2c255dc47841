import { type ReactNode, useEffect } from 'react'
import { useLocation, useParams } from 'react-router'
import { Chart } from '@/features/chart/Chart'
import { Ladder } from '@/features/ladder/Ladder'
import type { Pick } from '@/features/ladder/types'
import { Invitation } from '@/features/session/Invitation'
import { Tape } from '@/features/tape/Tape'
import { useMarket } from '@/shared/market/context'
import { useActiveInstrument } from '@/shared/market/hooks'
import { usePreference } from '@/shared/preferences/context'
import { useSessionPhase } from '@/shared/session/context'
import { useMediaQuery, useTheme } from '@/shared/theme/useTheme'
import { useOwnQuantities } from '@/shared/trading/hooks'
import { callTicket, fillTicket } from '@/shared/trading/ticket'
import { Panel } from '@/shared/ui/Panel'
import { useTitle } from '@/shared/ui/useTitle'
import { ErrorBoundary } from '../ErrorBoundary'
import styles from './Desk.module.css'
import { rememberSymbol } from './lastSymbol'
import { useChartFills, useChartOrders, useOwnPrints } from './ownMarks'
import { PHONE, useDeskView, useShowTicket } from './useDeskView'

/** `/trade/:symbol`: the market of one symbol, and what one does in it. */
export function Desk() {
  const { symbol = '' } = useParams()
  useWatched(symbol)
  useTitle(symbol)
  useStartAtContent()
  const view = useDeskView()
  const isPhone = useMediaQuery(PHONE)
  if (isPhone) {
    return (
      <div className={styles['single']}>
        {view === 'chart' ? <ChartPanel /> : null}
        {view === 'book' ? <LadderPanel /> : null}
        {view === 'ticket' ? <TicketPanel /> : null}
      </div>
    )
  }
  return (
    <div className={styles['desk']}>
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
    </div>
  )
}

function ChartPanel() {
  const theme = useTheme()
  const palette = usePreference('palette')
  const instrument = useActiveInstrument()
  return (
    <Whole what="The chart">
      <Chart
        orders={useChartOrders(instrument)}
        fills={useChartFills(instrument)}
        theme={`${theme} ${palette}`}
      />
    </Whole>
  )
}

function LadderPanel() {
  const instrument = useActiveInstrument()
  const isSignedIn = useSessionPhase() === 'signed-in'
  const showTicket = useShowTicket()
  const pick = ({ ticks, side }: Pick) => {
    if (instrument === null) return
    fillTicket({ instrument, side, ticks })
    callTicket(instrument.symbol, side)
    showTicket()
  }
  return (
    <Whole what="The ladder">
      <Ladder ownQuantities={useOwnQuantities(instrument)} onPick={isSignedIn ? pick : undefined} />
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
  const phase = useSessionPhase()
  return <Panel title="Ticket">{phase === 'signed-out' ? <Invitation /> : null}</Panel>
}

/** A panel that breaks leaves the others alone. */
function Whole({ what, children }: { what: string; children: ReactNode }) {
  return <ErrorBoundary what={what}>{children}</ErrorBoundary>
}

function useWatched(symbol: string): void {
  const market = useMarket()
  useEffect(() => {
    market.watchTickers('*')
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
