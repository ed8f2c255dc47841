import { memo } from 'react'
import type { TapeRow } from '@/core/market/tape'
import { classes } from '@/shared/ui/classes'
import styles from './Tape.module.css'

interface Props {
  readonly time: string
  readonly price: string
  /** How many leading digits stand as in the print before. */
  readonly still: number
  readonly size: string
  readonly direction: TapeRow['direction']
  readonly takerSide: TapeRow['takerSide']
  readonly own: boolean
}

const ARROWS = { up: '▲', down: '▼', same: '' } as const
const SPOKEN = { up: 'up', down: 'down', same: 'unchanged' } as const

/** One trade. Rows are reused: texts change, elements stay. */
export const Print = memo(function Print(props: Props) {
  const { time, price, still, size, direction, takerSide, own } = props
  return (
    <tr className={classes(own && styles['own'])}>
      <td className={styles['time']}>{time}</td>
      <td className={classes(styles['price'], styles[direction])}>
        <span aria-hidden className={styles['arrow']}>
          {ARROWS[direction]}
        </span>
        <span className={styles['still']}>{price.slice(0, still)}</span>
        {price.slice(still)}
        <span className={styles['spoken']}> {SPOKEN[direction]}</span>
      </td>
      <td className={styles['size']}>
        {own ? <span className={styles['mark']}>yours</span> : null}
        <span aria-hidden className={styles[takerSide]}>
          {takerSide === 'buy' ? '+' : '−'}
        </span>
        {size}
        <span className={styles['spoken']}>{takerSide === 'buy' ? ' bought' : ' sold'}</span>
      </td>
    </tr>
  )
})
