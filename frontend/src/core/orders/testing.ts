import type { Order, OrderTerms } from './order'

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
    ...parts,
  }
}

export const TERMS: OrderTerms = {
  symbol: 'ACME',
  side: 'buy',
  type: 'limit',
  timeInForce: 'day',
  quantity: '100',
  limitPrice: '101.25',
}
