/**
 * Replacements under way, by the order that is to be replaced: pure. A replacement is a request, too: that it was
 * taken does not promise it. What became of it the two orders say: the old one is `replaced`, or the new one
 * `rejected`, and then the old one works on. An entry lives until then; a refused one until it is asked again.
 */
import { isOpen, type Order } from './order'
import { localProblem, type Problem } from './problem'
import { TRANSIT_MS } from './submission'
import type { Replacement } from './terms'

export interface Replace {
  /** The new order's `client_order_id`: what a lost answer is looked up by. */
  readonly clientOrderId: string
  readonly change: Replacement
  /** `unknown`: the answer was lost. `taken`: the new order is there and waits for the engine. */
  readonly phase: 'sending' | 'unknown' | 'taken' | 'refused'
  readonly problem: Problem | null
  readonly lostAtMs: number
  readonly looks: number
}

export type Replaces = ReadonlyMap<string, Replace>

export const NO_REPLACES: Replaces = new Map()

/** How a request to replace ended. */
export type ReplaceAnswer =
  | { readonly kind: 'taken'; readonly order: Order }
  | { readonly kind: 'refused'; readonly problem: Problem }
  | { readonly kind: 'lost'; readonly problem: Problem }

const FIRST_LOOK_MS = 300
const LONGEST_LOOK_MS = 5_000

/** One at a time for each order: the second value says whether to send. */
export function replaceAsked(
  replaces: Replaces,
  orderId: string,
  change: Replacement,
  clientOrderId: string,
): readonly [Replaces, boolean] {
  const known = replaces.get(orderId)
  if (known !== undefined && known.phase !== 'refused') return [replaces, false]
  const replace: Replace = {
    clientOrderId,
    change,
    phase: 'sending',
    problem: null,
    lostAtMs: 0,
    looks: 0,
  }
  return [new Map(replaces).set(orderId, replace), true]
}

export function replaceAnswered(
  replaces: Replaces,
  orderId: string,
  answer: ReplaceAnswer,
  atMs: number,
): Replaces {
  const known = replaces.get(orderId)
  if (known === undefined) return replaces
  if (answer.kind === 'taken') return new Map(replaces).set(orderId, { ...known, phase: 'taken' })
  const phase = answer.kind === 'refused' ? 'refused' : 'unknown'
  const { problem } = answer
  return new Map(replaces).set(orderId, { ...known, phase, problem, lostAtMs: atMs })
}

export function nextReplaceLookMs(replace: Replace): number {
  return Math.min(FIRST_LOOK_MS * 2 ** replace.looks, LONGEST_LOOK_MS)
}

/** What looking for the new order by its name brought; null: nobody could say. */
export type ReplaceLook = 'found' | 'absent' | null

/** The new order was looked for at `askedAtMs`. The second value: whether to look again. */
export function replaceLooked(
  replaces: Replaces,
  orderId: string,
  look: ReplaceLook,
  askedAtMs: number,
): readonly [Replaces, boolean] {
  const known = replaces.get(orderId)
  if (known?.phase !== 'unknown') return [replaces, false]
  if (look === 'found') {
    return [new Map(replaces).set(orderId, { ...known, phase: 'taken', problem: null }), false]
  }
  if (look === 'absent' && askedAtMs >= known.lostAtMs + TRANSIT_MS) {
    const problem = localProblem(
      'not_replaced',
      'the change did not reach the platform; the order works on as it was, change it again',
    )
    return [new Map(replaces).set(orderId, { ...known, phase: 'refused', problem }), false]
  }
  return [new Map(replaces).set(orderId, { ...known, looks: known.looks + 1 }), true]
}

/** What the orders say of the replacements: those of closed orders are over, those whose new order was rejected failed. */
export function settledReplaces(replaces: Replaces, orders: ReadonlyMap<string, Order>): Replaces {
  let next: Map<string, Replace> | null = null
  for (const [id, replace] of replaces) {
    const old = orders.get(id)
    if (old === undefined || !isOpen(old)) {
      next ??= new Map(replaces)
      next.delete(id)
      continue
    }
    if (replace.phase === 'refused') continue
    const rejected = newOrderOf(id, replace, orders)
    if (rejected?.status !== 'rejected') continue
    const why = rejected.rejectReason?.replaceAll('_', ' ') ?? 'the market did not take it'
    const problem = localProblem('replace_rejected', `not changed: ${why}`)
    next ??= new Map(replaces)
    next.set(id, { ...replace, phase: 'refused', problem })
  }
  return next ?? replaces
}

function newOrderOf(
  oldId: string,
  replace: Replace,
  orders: ReadonlyMap<string, Order>,
): Order | undefined {
  for (const order of orders.values()) {
    if (order.replaces === oldId && order.clientOrderId === replace.clientOrderId) return order
  }
  return undefined
}
