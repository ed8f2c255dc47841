import type { Order } from './order'
import { localProblem } from './problem'
import {
  type Answer,
  type Effect,
  NOTHING_SUBMITTED,
  step,
  type SubmissionEvent,
  type Submissions,
} from './submission'
import { type OrderRequest, PLAIN } from './terms'

/** Orders for tests: a state of an order, with what the test says about it. */
export function anOrder(parts: Partial<Order> = {}): Order {
  return {
    ...TERMS,
    id: 'order-1',
    clientOrderId: 'client-1',
    status: 'new',
    filledQuantity: '0',
    averagePrice: null,
    rejectReason: null,
    submittedAt: '2026-03-16T14:00:00.000000Z',
    updatedAt: '2026-03-16T14:00:00.000000Z',
    exit: null,
    parentId: null,
    replaces: null,
    replacedBy: null,
    ...parts,
  }
}

export const TERMS: OrderRequest = {
  ...PLAIN,
  symbol: 'ACME',
  side: 'buy',
  type: 'limit',
  timeInForce: 'day',
  quantity: '100',
  limitPrice: '101.25',
}

export const LOST: Answer = { kind: 'lost', problem: localProblem('network', 'no answer') }
export const REFUSED: Answer = {
  kind: 'refused',
  problem: localProblem('insufficient', 'not enough'),
}

/** The machine of submissions with its names given, as its driver does. */
export class Machine {
  state: Submissions = NOTHING_SUBMITTED
  effects: Effect[] = []
  names = 0

  does(event: SubmissionEvent): Effect[] {
    const [next, effects] = step(this.state, event)
    this.state = next
    this.effects.push(...effects)
    if (next.draft?.clientOrderId === null) {
      this.names += 1
      this.does({ type: 'named', clientOrderId: `name-${this.names}` })
    }
    return [...effects]
  }

  get sent(): string[] {
    return this.effects.flatMap((each) => (each.type === 'send' ? [each.clientOrderId] : []))
  }
}
