import { describe, expect, it } from 'vitest'
import type { Order } from './order'
import { furtherAlong } from './order'
import { NO_RECORDS, withOrders } from './records'
import {
  availableOf,
  earlierTerms,
  isChangeable,
  nested,
  openTrees,
  type OrderNode,
  ownQuantitiesOf,
} from './selectors'
import { anOrder } from './testing'

const ACME = { symbol: 'ACME', tickSize: '0.01', lotSize: '1' }

let seconds = 0
function order(id: string, parts: Partial<Order> = {}): Order {
  const submittedAt = `2026-03-16T14:00:${String((seconds += 1) % 60).padStart(2, '0')}Z`
  return anOrder({ id, clientOrderId: id, submittedAt, ...parts })
}

const known = (...orders: Order[]) => withOrders(NO_RECORDS, orders).orders
const shape = (nodes: readonly OrderNode[]): unknown[] =>
  nodes.map(({ order: { id }, children }) => (children.length === 0 ? id : [id, shape(children)]))

const TP = { exit: 'take_profit', side: 'sell', orderClass: 'bracket', parentId: 'entry' } as const
const SL = { ...TP, exit: 'stop_loss', type: 'stop', limitPrice: null, stopPrice: '95' } as const

describe('AC-BLT-7 open orders as trees', () => {
  it('have exits under their entry, also when that is filled', () => {
    const entry = order('entry', { orderClass: 'bracket' })
    const held = { status: 'held' } as const
    const waiting = known(entry, order('tp', { ...TP, ...held }), order('sl', { ...SL, ...held }))
    expect(shape(openTrees(waiting))).toEqual([['entry', ['sl', 'tp']]])
    const filled = { ...entry, status: 'filled', filledQuantity: '100' } as const
    const working = known(filled, order('tp', TP), order('sl', SL))
    expect(shape(openTrees(working))).toEqual([['entry', ['sl', 'tp']]])
    const over = known(filled, order('tp', { ...TP, status: 'filled' }))
    expect(openTrees(over)).toEqual([])
  })

  it('have two exits alone together, the take profit first', () => {
    const pair = known(
      order('tp', { ...TP, orderClass: 'oco', parentId: null }),
      order('sl', { ...SL, orderClass: 'oco', parentId: 'tp' }),
    )
    expect(shape(openTrees(pair))).toEqual([['tp', ['sl']]])
  })

  it('keep exits under an entry that was replaced meanwhile', () => {
    const orders = known(
      order('entry', { status: 'replaced', replacedBy: 'entry2' }),
      order('tp', { ...TP, status: 'held' }),
      order('entry2', { replaces: 'entry' }),
    )
    expect(shape(openTrees(orders))).toEqual([['entry2', ['tp']]])
  })

  it('show one order while its replacement waits, and what it was before afterwards', () => {
    const old = order('old', { status: 'pending_replace' })
    const next = order('new', { replaces: 'old', status: 'pending_new' })
    expect(shape(openTrees(known(old, next)))).toEqual(['old'])
    const orders = known(
      { ...old, status: 'replaced', replacedBy: 'new' },
      { ...next, status: 'new' },
    )
    expect(shape(openTrees(orders))).toEqual(['new'])
    expect(earlierTerms(orders, next).map(({ id }) => id)).toEqual(['old'])
  })
})

it('AC-BLT-9 history has what was changed under what it became', () => {
  const orders = [
    order('c', { replaces: 'b', status: 'filled', filledQuantity: '100' }),
    order('b', { replaces: 'a', status: 'replaced', replacedBy: 'c' }),
    order('a', { status: 'replaced', replacedBy: 'b' }),
    order('lost', { status: 'replaced', replacedBy: 'not listed' }),
  ]
  expect(shape(nested(known(...orders), orders))).toEqual([['c', [['b', ['a']]]], 'lost'])
})

describe('shares that no order holds', () => {
  const owning = (...orders: Order[]) => {
    const position = { symbol: 'ACME', quantity: '100', cost: '1' }
    const records = { ...withOrders(NO_RECORDS, orders), positions: new Map([['ACME', position]]) }
    return availableOf(records, 'ACME').toString()
  }

  it('are counted once for two exits, and as far as the entry came for those that wait', () => {
    const sell = { side: 'sell', quantity: '30' } as const
    expect(owning(order('a', sell), order('b', sell))).toBe('40')
    expect(owning(order('tp', { ...TP, ...sell }), order('sl', { ...SL, ...sell }))).toBe('70')
    const pair = order('sl', { ...SL, ...sell, parentId: 'tp' })
    expect(owning(order('tp', { ...TP, ...sell, parentId: null }), pair)).toBe('70')
    const waits = order('tp', { ...TP, ...sell, status: 'held' })
    expect(owning(order('entry'), waits)).toBe('100')
    const partly = { status: 'partially_filled', filledQuantity: '12' } as const
    expect(owning(order('entry', partly), waits)).toBe('88')
  })

  it('are what is left beside the larger of an order and its replacement', () => {
    const old = order('old', { side: 'sell', quantity: '30', status: 'pending_replace' })
    const more = { side: 'sell', quantity: '50', replaces: 'old', status: 'pending_new' } as const
    expect(owning(old, order('new', more))).toBe('50')
  })
})

it('AC-BOOK-7 marks in the ladder only what may be in the book', () => {
  const marks = (parts: Partial<Order>) => ownQuantitiesOf([order('o', parts)], ACME).size
  expect(marks({})).toBe(1)
  expect(marks({ status: 'held' })).toBe(0)
  expect(marks({ type: 'stop_limit', stopPrice: '1' })).toBe(0)
  expect(marks({ status: 'pending_new', replaces: 'old' })).toBe(0)
  expect(marks({ status: 'suspended' })).toBe(1)
})

it('only working orders with a price of their own can be changed', () => {
  expect(isChangeable(order('o'))).toBe(true)
  expect(isChangeable(order('o', { type: 'trailing_stop' }))).toBe(true)
  for (const status of ['held', 'pending_new', 'pending_replace', 'suspended', 'filled'] as const) {
    expect(isChangeable(order('o', { status })), status).toBe(false)
  }
  expect(isChangeable(order('o', { type: 'market', limitPrice: null }))).toBe(false)
})

it('an exit that works is further along than one that waits, whatever the clocks say', () => {
  const late = '2026-03-16T15:00:00Z'
  const sent = order('tp', { ...TP, status: 'pending_new' })
  const held = order('tp', { ...TP, status: 'held', updatedAt: late })
  expect(furtherAlong(held, sent)).toBe(sent)
  expect(furtherAlong(sent, held)).toBe(sent)
})
