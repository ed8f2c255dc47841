import styles from './Ladder.module.css'

interface Props {
  /** Offered groupings in ticks, rising. */
  readonly groups: readonly number[]
  readonly group: number
  /** The grouping as a price. */
  readonly label: string
  readonly onChange: (group: number) => void
}

/** How many ticks share a row. */
export function Grouping({ groups, group, label, onChange }: Props) {
  const at = groups.indexOf(group)
  const step = (by: number) => {
    const next = groups[at + by]
    if (next !== undefined) onChange(next)
  }
  return (
    <div role="group" aria-label="Price grouping" className={styles['grouping']}>
      <button
        type="button"
        className={styles['tool']}
        aria-label="Finer rows"
        disabled={at <= 0}
        onClick={() => step(-1)}
      >
        −
      </button>
      <output className={styles['groupValue']} aria-label="One row">
        {label}
      </output>
      <button
        type="button"
        className={styles['tool']}
        aria-label="Coarser rows"
        disabled={at === groups.length - 1}
        onClick={() => step(1)}
      >
        +
      </button>
    </div>
  )
}
