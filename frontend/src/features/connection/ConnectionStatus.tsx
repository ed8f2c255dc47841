import { classes } from '@/shared/ui/classes'
import styles from './connection.module.css'
import { useStatus } from './useStatus'

/** The connection's state in the header: a mark, a word, and how long a message takes. */
export function ConnectionStatus() {
  const { kind, word, sentence } = useStatus()
  return (
    <span
      className={classes(styles['status'], styles[kind])}
      title={sentence}
      data-testid="connection"
    >
      <span className={styles['mark']} aria-hidden="true" />
      <span>
        <span className="visually-hidden">Market connection: </span>
        {word}
      </span>
    </span>
  )
}
