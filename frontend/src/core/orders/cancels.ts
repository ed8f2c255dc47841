/**
 * Cancels under way, by order: pure. A cancel is a request; what became of it the order says, once it is closed.
 * An entry lives until then, or until it is known that the request did nothing.
 */
import { isOpen, type Order } from './order'
import { localProblem, type Problem } from './problem'
import { TRANSIT_MS } from './submission'

export interface Cancel {
  /** `unknown`: the answer was lost, or says that the request is stored and not decided yet. */
  readonly phase: 'sending' | 'unknown' | 'refused'
  readonly problem: Problem | null
  readonly lostAtMs: number
  readonly looks: number
}

export type Cancels = ReadonlyMap<string, Cancel>

export const NO_CANCELS: Cancels = new Map()

/** How a request to cancel ended. */
export type CancelAnswer =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly problem: Problem }
  | { readonly kind: 'lost'; readonly problem: Problem }

const FIRST_LOOK_MS = 300
const LONGEST_LOOK_MS = 5_000

/** Asking once more while a request is under way changes nothing: the second value says whether to send. */
export function asked(cancels: Cancels, orderId: string): readonly [Cancels, boolean] {
  const known = cancels.get(orderId)
  if (known !== undefined && known.phase !== 'refused') return [cancels, false]
  const cancel: Cancel = { phase: 'sending', problem: null, lostAtMs: 0, looks: 0 }
  return [new Map(cancels).set(orderId, cancel), true]
}

export function cancelAnswered(
  cancels: Cancels,
  orderId: string,
  answer: CancelAnswer,
  atMs: number,
): Cancels {
  const known = cancels.get(orderId)
  if (known === undefined) return cancels
  const phase = answer.kind === 'refused' ? 'refused' : 'unknown'
  const problem = answer.kind === 'done' ? null : answer.problem
  return new Map(cancels).set(orderId, { ...known, phase, problem, lostAtMs: atMs })
}

/** How long to wait before the order is asked for again, while its cancel is not decided. */
export function nextLookMs(cancel: Cancel): number {
  return Math.min(FIRST_LOOK_MS * 2 ** cancel.looks, LONGEST_LOOK_MS)
}

/**
 * The order was asked for at `askedAtMs` to learn what became of its cancel (null: that failed). The second
 * value: whether to ask again.
 */
export function cancelLooked(
  cancels: Cancels,
  orderId: string,
  order: Order | null,
  askedAtMs: number,
): readonly [Cancels, boolean] {
  const known = cancels.get(orderId)
  if (known?.phase !== 'unknown') return [cancels, false]
  if (order !== null && !isOpen(order)) return [withoutCancel(cancels, orderId), false]
  const lost = known.problem !== null && order !== null && order.status !== 'pending_cancel'
  if (lost && askedAtMs >= known.lostAtMs + TRANSIT_MS) {
    const problem = localProblem(
      'not_canceled',
      'the cancel did not reach the platform; the order still works, cancel it again',
    )
    return [new Map(cancels).set(orderId, { ...known, phase: 'refused', problem }), false]
  }
  return [new Map(cancels).set(orderId, { ...known, looks: known.looks + 1 }), true]
}

/** The market would not cancel it. */
export function cancelRejected(cancels: Cancels, orderId: string): Cancels {
  const known = cancels.get(orderId)
  if (known === undefined) return cancels
  const problem = localProblem('cancel_rejected', 'the cancel was rejected; the order still works')
  return new Map(cancels).set(orderId, { ...known, phase: 'refused', problem })
}

/** Without the entries of orders that are closed by now. */
export function settledCancels(cancels: Cancels, orders: ReadonlyMap<string, Order>): Cancels {
  const over = [...cancels.keys()].filter((id) => {
    const order = orders.get(id)
    return order === undefined || !isOpen(order)
  })
  return over.reduce(withoutCancel, cancels)
}

function withoutCancel(cancels: Cancels, orderId: string): Cancels {
  const next = new Map(cancels)
  next.delete(orderId)
  return next
}
