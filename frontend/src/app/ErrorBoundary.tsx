import { Component, type ErrorInfo, type ReactNode } from 'react'
import { uuid } from '@/core/ids/uuid'
import { Button } from '@/shared/ui/Button'
import { ErrorState } from '@/shared/ui/States'
import styles from './ErrorBoundary.module.css'

/** What is left to say when a part of the page broke: the rest goes on, and the id stands in the console as well. */
export class ErrorBoundary extends Component<
  { children: ReactNode; what: string },
  { id: string | null }
> {
  override state: { id: string | null } = { id: null }

  static getDerivedStateFromError() {
    return { id: uuid() }
  }

  override componentDidCatch(error: Error, { componentStack }: ErrorInfo) {
    console.error(`${this.props.what} broke, id ${String(this.state.id)}`, error, componentStack)
  }

  override render() {
    if (this.state.id === null) return this.props.children
    return (
      <div className={styles['broken']}>
        <ErrorState
          requestId={this.state.id}
          action={<Button onClick={() => location.reload()}>Load the page again</Button>}
        >
          {this.props.what} stopped working. Your orders are not affected. Loading the page again
          helps most of the time; quote the id when you report it.
        </ErrorState>
      </div>
    )
  }
}
