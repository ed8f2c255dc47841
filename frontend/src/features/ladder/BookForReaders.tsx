import { canTrade } from '@/core/market/canTrade'
import type { MarketState } from '@/core/market/state'
import { useMarketState } from '@/shared/market/hooks'
import { useSampled } from '@/shared/market/useSampled'
import { useState } from 'react'
import styles from './Ladder.module.css'
import { bestLevels, LEVELS, summary } from './spoken'

const TABLE_EVERY_MS = 1_000
const SPOKEN_EVERY_MS = 5_000

const activeOf = (state: MarketState) => state.active
const isLive = (state: MarketState) => canTrade(state).allowed

/**
 * The book for people who hear it: a table of the best levels that changes once a second and never speaks by
 * itself, one sentence on demand, and, when switched on, that sentence every few seconds if it changed.
 */
export function BookForReaders() {
  const active = useSampled(activeOf, TABLE_EVERY_MS)
  const live = useMarketState(isLive)
  const [following, setFollowing] = useState(false)
  const [asked, setAsked] = useState('')
  if (active === null) return null
  return (
    <>
      <table
        className={styles['spoken']}
        aria-label={`Best levels of ${active.symbol}`}
        aria-busy={!live}
      >
        <caption>
          Best {LEVELS} levels of {active.symbol}
          {live ? '' : ', out of date'}
        </caption>
        <thead>
          <tr>
            <th scope="col">Bid quantity</th>
            <th scope="col">Bid price</th>
            <th scope="col">Ask price</th>
            <th scope="col">Ask quantity</th>
          </tr>
        </thead>
        <tbody>
          {bestLevels(active).map((level, index) => (
            <tr key={index}>
              <td>{level.bidQuantity}</td>
              <td>{level.bidPrice}</td>
              <td>{level.askPrice}</td>
              <td>{level.askQuantity}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className={styles['reader']}>
        <button
          type="button"
          className={styles['tool']}
          onClick={() => setAsked((before) => freshText(before, summary(active, live)))}
        >
          Say the market
        </button>
        <button
          type="button"
          className={styles['tool']}
          aria-pressed={following}
          onClick={() => setFollowing(!following)}
        >
          Keep saying it
        </button>
      </div>
      <p role="status" className={styles['spoken']}>
        {following ? <Following /> : asked}
      </p>
    </>
  )
}

/** A status that is set to the same text again is not read out; an invisible end makes it another one. */
function freshText(before: string, text: string): string {
  return before === text ? `${text}\u00a0` : text
}

const sentence = (state: MarketState) =>
  state.active === null ? '' : summary(state.active, isLive(state))

function Following() {
  return <>{useSampled(sentence, SPOKEN_EVERY_MS)}</>
}
