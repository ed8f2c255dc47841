import { formatPrice, type Instrument, quantityOf } from '@/core/numbers/instrument'
import { useLastTicks, useMarketNote, useTicker } from '@/shared/market/hooks'
import { classes } from '@/shared/ui/classes'
import { changeOf, shortened } from './change'
import styles from './Headline.module.css'

/** The symbol that is looked at, in the header: the one number that matters, the day's change and volume. */
export function Headline({ instrument }: { instrument: Instrument }) {
  const ticker = useTicker(instrument.symbol)
  const last = useLastTicks()
  const note = useMarketNote()
  const change = changeOf(last, ticker?.open ?? null)
  return (
    <div className={classes(styles['headline'], note && styles['old'])} title={note}>
      <h1 className={styles['symbol']} title={instrument.name}>
        {instrument.symbol}
      </h1>
      <span className={styles['last']} data-testid="last-price">
        {last === null ? '–' : formatPrice(instrument, last)}
      </span>
      {note ? <span className="visually-hidden">{note}</span> : null}
      {change ? (
        <span className={classes(styles['change'], styles[change.direction])}>{change.text}</span>
      ) : null}
      {ticker?.volume ? (
        <span className={styles['volume']}>
          <abbr title="Volume of the day (UTC)">vol</abbr>{' '}
          {shortened(Number(quantityOf(instrument, ticker.volume).toString()))}
        </span>
      ) : null}
    </div>
  )
}
