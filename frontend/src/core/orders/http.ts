import { type Api, bodyOf } from '@/api/client'
import { ApiProblem, isOutcomeUnknown, sentenceOf, Unreachable } from '@/api/problem'
import type { Page, TradingApi } from './api'
import type { CancelAnswer } from './cancels'
import { accountFrom, type Activity, activityFrom, positionFrom } from './documents'
import { MalformedDocument } from './fields'
import { type Order, orderFrom, withLegs } from './order'
import { localProblem, type Problem } from './problem'
import { isOurs, replacementBody, requestBody } from './terms'

const OPEN_ORDERS_PAGE = 500

/** Trading's questions over the platform's HTTP API. */
export function createTradingApi({ trading }: Pick<Api, 'trading'>): TradingApi {
  const bare = trading as BareClient

  async function ordersPage(status: 'open' | 'closed', after: string | null, size: number) {
    const cursor = after === null ? {} : { before_order_id: after }
    const query = { status, limit: size, ...cursor }
    return page(orders(await bodyOf(trading.GET('/v2/orders', { params: { query } }))), size)
  }

  return {
    async place(terms, clientOrderId) {
      const body = requestBody(terms, clientOrderId)
      const path = isOurs(terms) ? '/v1/orders' : '/v2/orders'
      try {
        const [order, ...legs] = withLegs(await bodyOf(bare.POST(path, { body })))
        return { kind: 'placed', order, legs }
      } catch (error) {
        const problem = problemOf(error)
        if (problem.type === 'duplicate_client_order_id') return { kind: 'duplicate', problem }
        return { kind: isKnown(error) ? 'refused' : 'lost', problem }
      }
    },

    async look(clientOrderId) {
      try {
        const query = { client_order_id: clientOrderId }
        const document = await bodyOf(
          trading.GET('/v2/orders:by_client_order_id', { params: { query } }),
        )
        return { kind: 'found', order: orderFrom(document) }
      } catch (error) {
        return { kind: isAbsence(error) ? 'absent' : 'failed' }
      }
    },

    async replace(orderId, change, clientOrderId) {
      const body = replacementBody(change, clientOrderId)
      const params = { path: { order_id: orderId } }
      try {
        const document = await bodyOf(bare.PATCH('/v2/orders/{order_id}', { params, body }))
        return { kind: 'taken', order: orderFrom(document) }
      } catch (error) {
        return { kind: isKnown(error) ? 'refused' : 'lost', problem: problemOf(error) }
      }
    },

    async cancel(orderId) {
      try {
        await trading.DELETE('/v2/orders/{order_id}', { params: { path: { order_id: orderId } } })
        return { kind: 'done' }
      } catch (error) {
        return { kind: isKnown(error) ? 'refused' : 'lost', problem: problemOf(error) }
      }
    },

    async cancelAll() {
      try {
        const rows = (await bodyOf(trading.DELETE('/v2/orders'))) as readonly CancelRow[]
        return {
          kind: 'answered',
          rows: rows.map((row) => ({ id: row.id, answer: cancelAnswer(row) })),
        }
      } catch (error) {
        return { kind: isKnown(error) ? 'refused' : 'lost', problem: problemOf(error) }
      }
    },

    async order(id) {
      try {
        const path = { order_id: id }
        return orderFrom(await bodyOf(trading.GET('/v2/orders/{order_id}', { params: { path } })))
      } catch (error) {
        if (isAbsence(error)) return null
        throw error
      }
    },

    async openOrders() {
      const open: Order[] = []
      let after: string | null = null
      do {
        const { items, next }: Page<Order> = await ordersPage('open', after, OPEN_ORDERS_PAGE)
        open.push(...items)
        after = next
      } while (after !== null)
      return open
    },

    closedOrders: (after, size) => ordersPage('closed', after, size),

    async activities(which, after, size) {
      const query = {
        page_size: size,
        ...(after === null ? {} : { page_token: after }),
        ...(which === 'fills' ? { activity_types: 'FILL' } : {}),
      }
      const documents = list(
        await bodyOf(trading.GET('/v2/account/activities', { params: { query } })),
      )
      const items = documents.map(activityFrom).filter((each): each is Activity => each !== null)
      const last = documents.at(-1) as { id: string } | undefined
      return { items, next: documents.length < size ? null : (last?.id ?? null) }
    },

    positions: async () => list(await bodyOf(trading.GET('/v2/positions'))).map(positionFrom),

    account: async () => accountFrom(await bodyOf(trading.GET('/v2/account'))),

    problemOf,
  }
}

/** Bodies of orders are made field by field, with what is not said left out: their types say less than `terms.ts`. */
interface BareClient {
  POST(path: string, init: object): Promise<{ data?: unknown }>
  PATCH(path: string, init: object): Promise<{ data?: unknown }>
}

interface CancelRow {
  readonly id: string
  readonly status: number
  readonly body?: unknown
}

function cancelAnswer(row: CancelRow): CancelAnswer {
  if (row.status < 300) return { kind: 'done' }
  const error = new ApiProblem('DELETE', row.status, new Headers(), row.body)
  return { kind: isKnown(error) ? 'refused' : 'lost', problem: problemOf(error) }
}

/** Whether a write that failed is known to have done nothing. An answer that cannot be read says nothing. */
function isKnown(error: unknown): boolean {
  if (error instanceof Unreachable) return true
  return error instanceof ApiProblem && !isOutcomeUnknown(error)
}

function isAbsence(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 404 && error.type === 'not_found'
}

function problemOf(error: unknown): Problem {
  if (error instanceof ApiProblem) {
    const { status, type, code, message, requestId, fields } = error
    return { status, type, code, message, requestId, fields }
  }
  return localProblem('no_answer', sentenceOf(error))
}

function orders(documents: unknown): readonly Order[] {
  return list(documents).map(orderFrom)
}

function page(items: readonly Order[], size: number): Page<Order> {
  return { items, next: items.length < size ? null : (items.at(-1)?.id ?? null) }
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new MalformedDocument('a list was expected')
  return value
}
