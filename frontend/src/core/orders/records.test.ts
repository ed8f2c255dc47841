import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Decimal } from '../numbers/decimal'
import type { Position, TradeUpdate } from './documents'
import { furtherAlong, isOpen, type Order } from './order'
import {
  endedUnheard,
  NO_RECORDS,
  openIds,
  type Records,
  withActivities,
  withOrders,
  withPositions,
  withUpdate,
} from './records'
import { anOrder } from './testing'

/** What the platform goes through: every order's states in their order, the updates, and the positions after each. */
interface History {
  readonly updates: readonly TradeUpdate[]
  /** All orders and positions after so many updates. */
  readonly snapshots: readonly { orders: readonly Order[]; positions: readonly Position[] }[]
}

interface Happening {
  readonly order: number
  readonly what: 'fill' | 'cancel' | 'ask-cancel'
  readonly lots: number
}

const happenings = fc.array(
  fc.record<Happening>({
    order: fc.nat(3),
    what: fc.constantFrom('fill', 'fill', 'cancel', 'ask-cancel'),
    lots: fc.integer({ min: 1, max: 60 }),
  }),
  { maxLength: 25 },
)

function played(events: readonly Happening[]): History {
  const orders = new Map<number, Order>()
  const positions = new Map<string, Position>()
  const updates: TradeUpdate[] = []
  const snapshots: { orders: Order[]; positions: Position[] }[] = []
  let time = 0
  const stamp = () => `2026-03-16T14:00:00.${String((time += 1)).padStart(6, '0')}Z`
  const note = () =>
    snapshots.push({ orders: [...orders.values()], positions: [...positions.values()] })
  note()
  const tell = (order: Order, fill: TradeUpdate['fill'] = null, after: string | null = null) => {
    updates.push({
      eventId: updates.length + 1,
      event: order.status,
      order,
      fill,
      positionQuantity: after,
    })
    note()
  }
  for (const { order: index, what, lots } of events) {
    const symbol = index % 2 === 0 ? 'ACME' : 'EMCA'
    const known = orders.get(index)
    if (known === undefined) {
      const made = anOrder({ id: `o${index}`, symbol, quantity: '100', updatedAt: stamp() })
      orders.set(index, made)
      tell(made)
    } else if (!isOpen(known)) {
      continue
    } else if (what === 'ask-cancel') {
      // Shows in snapshots only: no update tells of it.
      orders.set(index, { ...known, status: 'pending_cancel', updatedAt: stamp() })
      snapshots[snapshots.length - 1] = {
        orders: [...orders.values()],
        positions: [...positions.values()],
      }
    } else if (what === 'cancel') {
      const ended: Order = { ...known, status: 'canceled', updatedAt: stamp() }
      orders.set(index, ended)
      tell(ended)
    } else {
      const filled = Math.min(Number(known.filledQuantity) + lots, 100)
      const quantity = String(filled - Number(known.filledQuantity))
      const order: Order = {
        ...known,
        filledQuantity: String(filled),
        status:
          filled === 100
            ? 'filled'
            : known.status === 'pending_cancel'
              ? known.status
              : 'partially_filled',
        updatedAt: stamp(),
      }
      orders.set(index, order)
      const before = positions.get(symbol) ?? { symbol, quantity: '0', cost: '0' }
      const price = String(100 + lots)
      const after = String(Number(before.quantity) + Number(quantity))
      const cost = Decimal.parse(price).times(Decimal.parse(quantity))
      positions.set(symbol, {
        symbol,
        quantity: after,
        cost: cost.plus(Decimal.parse(before.cost)).toString(),
      })
      const fill = { kind: 'fill', id: `f${updates.length}`, orderId: order.id, symbol } as const
      tell(order, { ...fill, side: 'buy', quantity, price, time: order.updatedAt }, after)
    }
  }
  return { updates, snapshots }
}

describe('records of an account', () => {
  it('take updates by their numbers: a repeat changes nothing, a gap is refused', () => {
    const { updates } = played([0, 1, 2].map((order) => ({ order, what: 'fill', lots: 1 })))
    const [first, second, third] = updates as [TradeUpdate, TradeUpdate, TradeUpdate]
    const [once] = withUpdate(NO_RECORDS, first)
    expect(withUpdate(once, first)).toEqual([once, 'repeat'])
    expect(withUpdate(once, third)).toEqual([once, 'gap'])
    expect(withUpdate(once, second)[1]).toBe('applied')
  })

  it('never go back to an older state of an order, in whatever order its states arrive', () => {
    fc.assert(
      fc.property(happenings, fc.infiniteStream(fc.nat()), (events, picks) => {
        const { snapshots } = played(events)
        const states = snapshots.flatMap((each) => each.orders)
        const shuffled = states
          .map((state) => ({ state, key: Number(picks.next().value) }))
          .sort((a, b) => a.key - b.key)
        const records = withOrders(
          NO_RECORDS,
          shuffled.map((each) => each.state),
        )
        expect(new Map(records.orders)).toEqual(
          new Map((snapshots.at(-1)?.orders ?? []).map((order) => [order.id, order])),
        )
      }),
    )
  })

  it('closed is for ever and fills are not taken back, whatever the clocks say', () => {
    const late = '2026-03-16T15:00:00Z'
    const filled = anOrder({ status: 'filled', filledQuantity: '100' })
    expect(furtherAlong(filled, anOrder({ updatedAt: late }))).toBe(filled)
    const partly = anOrder({ status: 'partially_filled', filledQuantity: '40' })
    expect(furtherAlong(anOrder({ updatedAt: late }), partly)).toBe(partly)
    const settled = anOrder()
    expect(furtherAlong(anOrder({ status: 'pending_new', updatedAt: late }), settled)).toBe(settled)
  })

  it('end as the platform is, over all delays, repeats and reorderings of snapshots and updates', () => {
    // A move: deliver the next update, repeat an old one, ask for a snapshot, or get the answer to one.
    const move = fc.record({
      kind: fc.constantFrom('update', 'update', 'repeat', 'ask', 'answer'),
      pick: fc.nat(10),
    })
    fc.assert(
      fc.property(happenings, fc.array(move, { maxLength: 60 }), (events, moves) => {
        const { updates, snapshots } = played(events)
        let records: Records = NO_RECORDS
        let delivered = 0
        let behind = true as boolean
        const asked: { at: number; open: ReadonlySet<string>; truth: number }[] = []
        const deliver = (update: TradeUpdate | undefined) => {
          if (update === undefined) return
          const before = records
          const [next, how] = withUpdate(records, update)
          expect(how).toBe(update.eventId <= delivered ? 'repeat' : 'applied')
          if (how === 'repeat') expect(next).toBe(before)
          else {
            delivered += 1
            // Every fill is followed by a question, as the driver asks it.
            behind ||= update.fill !== null
          }
          records = next
        }
        const ask = (pick: number) => {
          // The platform answers with anything from what was heard here to what is true by then.
          const truth = Math.min(delivered + pick, snapshots.length - 1)
          asked.push({ at: records.heard, open: openIds(records), truth })
        }
        const answer = (pick: number) => {
          const [question] = asked.splice(pick % Math.max(asked.length, 1), 1)
          const snapshot = question && snapshots[question.truth]
          if (snapshot === undefined) return
          const open = snapshot.orders.filter(isOpen)
          const lastAnswer = asked.length === 0
          records = withOrders(records, open)
          for (const id of endedUnheard(records, question?.open ?? new Set(), open)) {
            records = withOrders(
              records,
              snapshot.orders.filter((order) => order.id === id),
            )
          }
          const [next, again] = withPositions(records, snapshot.positions, question?.at ?? 0)
          records = next
          behind = again || !lastAnswer
        }
        for (const { kind, pick } of moves) {
          if (kind === 'update') deliver(updates[delivered])
          if (kind === 'repeat' && delivered > 0) deliver(updates[pick % delivered])
          // One question at a time: answers of two would come in any order.
          if (kind === 'ask' && asked.length === 0) ask(pick)
          if (kind === 'answer') answer(pick)
        }
        while (delivered < updates.length) deliver(updates[delivered])
        answer(0)
        if (behind) {
          ask(snapshots.length)
          answer(0)
        }
        const truth = snapshots.at(-1)
        for (const order of truth?.orders ?? []) {
          const ours = records.orders.get(order.id)
          expect(ours?.filledQuantity).toBe(order.filledQuantity)
          expect(ours !== undefined && isOpen(ours)).toBe(isOpen(order))
        }
        const ours = [...records.positions.values()].map(({ symbol, quantity }) => ({
          symbol,
          quantity,
        }))
        expect(ours).toHaveLength(truth?.positions.length ?? 0)
        for (const { symbol, quantity, cost } of truth?.positions ?? []) {
          expect(ours).toContainEqual({ symbol, quantity })
          expect(
            Decimal.parse(records.positions.get(symbol)?.cost ?? '').compare(Decimal.parse(cost)),
          ).toBe(0)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('count the executions once, whether the stream or a page of activities told them', () => {
    const { updates } = played([
      { order: 0, what: 'fill', lots: 10 },
      { order: 0, what: 'fill', lots: 10 },
    ])
    let records = NO_RECORDS
    for (const update of updates) [records] = withUpdate(records, update)
    const told = [...records.activities.values()]
    expect(told).toHaveLength(1)
    expect(withActivities(records, told)).toBe(records)
    expect([...records.positions.values()]).toEqual([
      { symbol: 'ACME', quantity: '10', cost: '1100' },
    ])
  })
})
