/** Open orders as the rows of their table: what they are, and what is under way with them. Pure. */
import type { Cancel } from '@/core/orders/cancels'
import { isOpen, type Order, remaining } from '@/core/orders/order'
import type { Replace } from '@/core/orders/replaces'
import { earlierTerms, type OrderNode, openTrees } from '@/core/orders/selectors'
import type { TradingState } from '@/core/orders/state'
import { isUndecided, type Submission } from '@/core/orders/submission'
import type { OrderTerms } from '@/core/orders/terms'
import { price, quantity, STATUS } from '@/shared/trading/words'

/** An open order, or one that was sent and is not known to be an order yet. */
export interface OrderRow extends OrderTerms {
  readonly id: string
  readonly time: string | null
  readonly exit: Order['exit']
  readonly filled: string
  readonly left: string
  readonly status: string
  /** What it was before it was changed: "5 at 101.20, 5 at 101.21", oldest last. */
  readonly before: string
  readonly order: Order | null
  readonly children: readonly OrderRow[]
  /** What has to be cancelled so that it and all that hangs together with it ends; null: nothing is open. */
  readonly cancels: Order | null
  /** How many open orders that ends. */
  readonly ends: number
}

type Known = Pick<TradingState, 'records' | 'cancels' | 'replaces' | 'submissions'>

export function orderRows({ records, cancels, replaces, submissions }: Known): readonly OrderRow[] {
  const { orders } = records
  const known = new Set([...orders.values()].map((order) => order.clientOrderId))
  const undecided = submissions.all.filter(
    (each) => isUndecided(each) && !known.has(each.clientOrderId),
  )
  const rowOf = ({ order, children }: OrderNode): OrderRow => {
    const under = children.map(rowOf)
    const open = [order, ...children.map((child) => child.order)].filter(isOpen)
    return {
      ...order,
      time: order.submittedAt,
      filled: order.filledQuantity,
      left: isOpen(order) ? remaining(order).trimmed().toString() : '0',
      status: statusOf(order, cancels.get(order.id), replaces.get(order.id)),
      before: earlierTerms(orders, order).map(termsInShort).join(', '),
      order,
      children: under,
      cancels: open[0] ?? null,
      ends: open.length,
    }
  }
  return [...undecided.map(rowOfSubmission), ...openTrees(orders).map(rowOf)]
}

export function isUnderWay(request: Cancel | Replace | undefined): boolean {
  return request !== undefined && request.phase !== 'refused'
}

function statusOf(order: Order, cancel: Cancel | undefined, replace: Replace | undefined): string {
  if (!isOpen(order)) return STATUS[order.status]
  if (cancel?.phase === 'unknown' && cancel.problem !== null) return 'Cancel unknown: checking'
  if (isUnderWay(cancel)) return STATUS.pending_cancel
  if (replace?.phase === 'unknown') return 'Change unknown: checking'
  if (isUnderWay(replace)) return STATUS.pending_replace
  const isWaiting = order.status === 'new' && order.type !== 'limit' && order.type !== 'market'
  return isWaiting ? 'Waits for its stop' : STATUS[order.status]
}

function termsInShort({ quantity: size, limitPrice, stopPrice }: Order): string {
  const at = stopPrice ?? limitPrice
  return [size === null ? '' : quantity(size), at === null ? '' : `at ${price(at)}`]
    .join(' ')
    .trim()
}

function rowOfSubmission({ clientOrderId, terms, phase }: Submission): OrderRow {
  return {
    ...terms,
    id: clientOrderId,
    time: null,
    exit: null,
    filled: '0',
    left: terms.quantity ?? '0',
    status: phase === 'sending' ? 'Sending' : 'Unknown: checking',
    before: '',
    order: null,
    children: [],
    cancels: null,
    ends: 0,
  }
}
