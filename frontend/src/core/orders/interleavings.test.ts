import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Order } from './order'
import { localProblem } from './problem'
import { type Answer, isUndecided, type SubmissionEvent, TRANSIT_MS } from './submission'
import { anOrder, LOST, Machine, REFUSED, TERMS } from './testing'

/** A platform, and the wires to it, that do the worst that is promised not to be exceeded. */
class World {
  readonly machine = new Machine()
  readonly orders = new Map<string, Order>()
  nowMs = 0
  private requests: { name: string; lostAtMs: number | null; answer: Answer | null }[] = []
  private looks: { name: string; dueMs: number }[] = []
  private updates: Order[] = []
  private taken = 0
  private readonly known = new Set<string>()

  private run(event: SubmissionEvent): void {
    for (const effect of this.machine.does(event)) {
      if (effect.type === 'send') {
        this.requests.push({ name: effect.clientOrderId, lostAtMs: null, answer: null })
      } else {
        this.looks.push({ name: effect.clientOrderId, dueMs: this.nowMs + effect.afterMs })
      }
    }
    this.whatIsShownIsTrue()
  }

  prepare(quantity: string): void {
    this.run({ type: 'prepared', terms: { ...TERMS, quantity } })
  }

  press(): void {
    this.run({ type: 'pressed', atMs: this.nowMs })
  }

  /** A request reaches the platform, which knows its name already, says no, or makes the order. */
  arrives(pick: number, says: 'yes' | 'no'): void {
    const waiting = this.requests.filter((each) => each.answer === null)
    const request = waiting[pick % Math.max(waiting.length, 1)]
    if (request === undefined) return
    if (this.orders.has(request.name)) {
      request.answer = { kind: 'duplicate', problem: localProblem('duplicate', 'used before') }
    } else if (says === 'no') {
      request.answer = REFUSED
    } else {
      const order = anOrder({ id: `order-${this.taken}`, clientOrderId: request.name })
      this.taken += 1
      this.orders.set(request.name, order)
      this.updates.push(order)
      request.answer = { kind: 'placed', order }
    }
    if (request.lostAtMs !== null) this.requests.splice(this.requests.indexOf(request), 1)
  }

  /** The answer arrives; or is lost, or the caller's patience ends, before or after the request arrived. */
  answers(pick: number, kept: boolean): void {
    const open = this.requests.filter((each) => each.lostAtMs === null)
    const request = open[pick % Math.max(open.length, 1)]
    if (request === undefined || (kept && request.answer === null)) return
    const given = kept && request.answer !== null ? request.answer : LOST
    request.lostAtMs = this.nowMs
    if (request.answer !== null) this.requests.splice(this.requests.indexOf(request), 1)
    const event = { type: 'answered', clientOrderId: request.name, atMs: this.nowMs } as const
    this.run({ ...event, answer: given })
  }

  looksUp(works: boolean): void {
    const due = this.looks.findIndex((each) => each.dueMs <= this.nowMs)
    const [look] = due === -1 ? [] : this.looks.splice(due, 1)
    if (look === undefined) return
    const order = this.orders.get(look.name)
    this.run({
      type: 'looked',
      clientOrderId: look.name,
      askedAtMs: this.nowMs,
      look: !works ? { kind: 'failed' } : order ? { kind: 'found', order } : { kind: 'absent' },
    })
  }

  updateComes(pick: number): void {
    const [order] = this.updates.splice(pick % Math.max(this.updates.length, 1), 1)
    if (order !== undefined) this.run({ type: 'seen', order })
  }

  passes(ms: number): void {
    this.nowMs += ms
    // What is lost on the way for longer than that never arrives.
    this.requests = this.requests.filter(
      (each) => each.lostAtMs === null || this.nowMs < each.lostAtMs + TRANSIT_MS,
    )
  }

  settles(): void {
    for (let round = 0; round < 200; round += 1) {
      const next = this.requests.find((each) => each.lostAtMs === null)
      this.answers(0, next !== undefined && next.answer !== null)
      this.passes(500)
      this.looksUp(true)
    }
  }

  private whatIsShownIsTrue(): void {
    for (const each of this.machine.state.all) {
      if (each.phase === 'accepted') this.known.add(each.clientOrderId)
      else expect(this.known.has(each.clientOrderId)).toBe(false)
      if (each.phase === 'refused') expect(this.orders.has(each.clientOrderId)).toBe(false)
      if (each.phase === 'accepted') expect(this.orders.has(each.clientOrderId)).toBe(true)
    }
  }
}

const moves = fc.oneof(
  { weight: 3, arbitrary: fc.constant((world: World) => world.press()) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('100', '200')
      .map((quantity) => (world: World) => world.prepare(quantity)),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.nat(5), fc.constantFrom<'yes' | 'no'>('yes', 'yes', 'no')).map(
      ([pick, says]) =>
        (world: World) =>
          world.arrives(pick, says),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(fc.nat(5), fc.boolean()).map(
      ([pick, kept]) =>
        (world: World) =>
          world.answers(pick, kept),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.boolean().map((works) => (world: World) => world.looksUp(works)),
  },
  { weight: 2, arbitrary: fc.nat(5).map((pick) => (world: World) => world.updateComes(pick)) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(1, 60, 400, 1_200, TRANSIT_MS)
      .map((ms) => (world: World) => world.passes(ms)),
  },
)

describe('over every interleaving of presses, answers, losses, look-ups and updates', () => {
  it('an intent is one order at most, is never shown as failed when it was placed, and ends decided', () => {
    fc.assert(
      fc.property(fc.array(moves, { maxLength: 80 }), (history) => {
        const world = new World()
        world.prepare('100')
        for (const move of history) move(world)
        world.settles()
        const sent = new Set(world.machine.sent)
        expect([...world.orders.keys()].every((name) => sent.has(name))).toBe(true)
        for (const each of world.machine.state.all) {
          expect(isUndecided(each)).toBe(false)
          expect(each.phase === 'accepted').toBe(world.orders.has(each.clientOrderId))
        }
      }),
      { numRuns: 1_000 },
    )
  })
})
