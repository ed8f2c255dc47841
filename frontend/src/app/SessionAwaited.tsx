import { ErrorState } from '@/shared/ui/States'

/** Where somebody's own things would be, while nobody can say who is looking. */
export function SessionAwaited() {
  return (
    <ErrorState>
      The platform does not answer, so your session could not be taken up. Trying again every few
      seconds.
    </ErrorState>
  )
}
