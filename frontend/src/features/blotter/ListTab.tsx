import { type ReactNode, useEffect } from 'react'
import type { ListName, ListState } from '@/core/orders/state'
import type { Trading } from '@/core/orders/trading'
import { Button } from '@/shared/ui/Button'
import { ErrorState, Skeleton } from '@/shared/ui/States'
import styles from './Blotter.module.css'

/** Loads a list when its tab is looked at for the first time. */
export function useFirstPage(trading: Trading, name: ListName): void {
  useEffect(() => {
    if (trading.store.getState().lists[name].phase === 'idle') trading.loadMore(name)
  }, [trading, name])
}

interface Props {
  list: ListState
  isEmpty: boolean
  empty: ReactNode
  onRetry: () => void
  children: ReactNode
}

/** A long list: loading, failed, empty, or its rows. */
export function ListTab({ list, isEmpty, empty, onRetry, children }: Props) {
  if (!isEmpty) return children
  if (list.problem !== null) {
    return (
      <ErrorState
        requestId={list.problem.requestId}
        action={<Button onClick={onRetry}>Try again</Button>}
      >
        {list.problem.message}
      </ErrorState>
    )
  }
  return list.phase === 'ready' ? empty : <Skeleton rows={4} />
}

/** The next page, by hand: a list that grows by itself moves what is looked at. */
export function MoreButton({ list, onMore }: { list: ListState; onMore: () => void }) {
  if (list.next === null && list.problem === null) return null
  return (
    <p className={styles['more']}>
      <Button busy={list.phase === 'loading'} onClick={onMore}>
        Load more
      </Button>
      {list.problem === null ? null : (
        <span role="alert" className={styles['problem']}>
          {list.problem.message}
        </span>
      )}
    </p>
  )
}
