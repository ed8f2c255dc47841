import { memo } from 'react'
import { classes } from '@/shared/ui/classes'
import styles from './Ladder.module.css'
import { useTint } from './useTint'

interface CellProps {
  readonly id: string
  readonly side: 'bid' | 'ask'
  readonly ticks: number
  /** Formatted; empty for nothing. */
  readonly quantity: string
  readonly own: string
  /** Share of the deepest row in hundredths, so that a bar is drawn again only when that shows. */
  readonly depth: number
  readonly cumulative: string
  readonly current: boolean
  readonly drop: boolean
}

const DepthCell = memo(function DepthCell(props: CellProps) {
  const { id, side, ticks, quantity, own, depth, cumulative, current, drop } = props
  const tint = useTint(quantity, ticks)
  return (
    <div
      role="gridcell"
      id={id}
      data-side={side}
      aria-selected={current}
      className={classes(
        styles['cell'],
        styles[side],
        current && styles['current'],
        drop && styles['drop'],
      )}
      title={cumulative === '' ? undefined : `${cumulative} up to here`}
    >
      <span className={styles['bar']} style={{ transform: `scaleX(${depth / 100})` }} />
      {own === '' ? null : (
        <span className={styles['own']} data-own="">
          <span className={styles['spoken']}>yours </span>
          {own}
        </span>
      )}
      <span className={classes(styles['quantity'], tint === 0 ? null : styles[`tint${tint}`])}>
        {quantity}
      </span>
    </div>
  )
})

export interface RowSide {
  readonly quantity: string
  readonly own: string
  readonly depth: number
  readonly cumulative: string
}

interface Props {
  readonly id: string
  readonly index: number
  readonly ticks: number
  readonly price: string
  /** How many leading digits of the price are the same in all rows. */
  readonly still: number
  readonly last: boolean
  readonly bid: RowSide
  readonly ask: RowSide
  /** The side on which the row cursor stands, if it stands here. */
  readonly cursor: 'bid' | 'ask' | null
  /** The side on which own orders would be dropped here. */
  readonly drop: 'bid' | 'ask' | null
}

/** One price. The element stays; what is in it changes. */
export function LadderRow({ id, index, ticks, price, still, last, bid, ask, cursor, drop }: Props) {
  return (
    <div
      role="row"
      aria-rowindex={index + 1}
      data-row={index}
      className={classes(styles['row'], last && styles['last'])}
    >
      <DepthCell
        id={`${id}-bid`}
        side="bid"
        ticks={ticks}
        current={cursor === 'bid'}
        drop={drop === 'bid'}
        {...bid}
      />
      <div role="rowheader" data-side="price" className={styles['price']}>
        <span className={styles['still']}>{price.slice(0, still)}</span>
        {price.slice(still)}
        {last ? <span className={styles['spoken']}> last trade</span> : null}
      </div>
      <DepthCell
        id={`${id}-ask`}
        side="ask"
        ticks={ticks}
        current={cursor === 'ask'}
        drop={drop === 'ask'}
        {...ask}
      />
    </div>
  )
}
