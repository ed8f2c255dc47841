import { formatPrice, formatQuantity, type Instrument } from '@/core/numbers/instrument'
import { useTicker } from '@/shared/market/hooks'
import { classes } from '@/shared/ui/classes'
import { changeOf } from './change'
import styles from './SymbolSearch.module.css'

/** One line of the symbol list. It alone renders when its symbol's price moves. */
export function SymbolRow({ instrument, isChosen }: { instrument: Instrument; isChosen: boolean }) {
  const ticker = useTicker(instrument.symbol)
  const last = ticker?.last ?? null
  const change = changeOf(last, ticker?.open ?? null)
  return (
    <>
      <span className={classes(styles['symbol'], isChosen && styles['chosen'])}>
        {instrument.symbol}
      </span>
      <span className={styles['name']}>{instrument.name}</span>
      <span className={styles['number']}>
        {last === null ? '–' : formatPrice(instrument, last)}
      </span>
      <span className={classes(styles['number'], change && styles[change.direction])}>
        {change?.text ?? '–'}
      </span>
      <span className={classes(styles['number'], styles['volume'])}>
        {ticker?.volume ? formatQuantity(instrument, ticker.volume) : '–'}
      </span>
    </>
  )
}
