import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Order, OrderTerms } from './order'
import { localProblem } from './problem'
import {
  type Answer,
  currentSubmission,
  type Effect,
  isUndecided,
  NOTHING_SUBMITTED,
  PRESS_GAP_MS,
  step,
  type SubmissionEvent,
  type Submissions,
  TRANSIT_MS,
} from './submission'
import { anOrder, TERMS } from './testing'

const LOST: Answer = { kind: 'lost', problem: localProblem('network', 'no answer') }
const REFUSED: Answer = { kind: 'refused', problem: localProblem('insufficient', 'not enough') }

/** The machine with its names given, as its driver does. */
class Machine {
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

function prepared(terms: OrderTerms = TERMS): Machine {
  const machine = new Machine()
  machine.does({ type: 'prepared', terms })
  return machine
}

function answer(machine: Machine, given: Answer, atMs = 10): Effect[] {
  return machine.does({ type: 'answered', clientOrderId: 'name-1', answer: given, atMs })
}

describe('an intent', () => {
  it('has its name before it is sent', () => {
    const machine = prepared()
    expect(machine.state.draft?.clientOrderId).toBe('name-1')
    expect(machine.does({ type: 'pressed', atMs: 0 })).toEqual([
      { type: 'send', clientOrderId: 'name-1', terms: TERMS },
    ])
  })

  it('is sent once however often the button is pressed while it is under way', () => {
    const machine = prepared()
    for (const atMs of [0, 100, 700, 1_500]) machine.does({ type: 'pressed', atMs })
    expect(machine.sent).toEqual(['name-1'])
  })

  it('is not doubled by a double click whose first half was answered at once', () => {
    const machine = prepared()
    machine.does({ type: 'pressed', atMs: 0 })
    answer(machine, { kind: 'placed', order: anOrder({ clientOrderId: 'name-1' }) })
    machine.does({ type: 'pressed', atMs: PRESS_GAP_MS - 1 })
    expect(machine.sent).toEqual(['name-1'])
    machine.does({ type: 'pressed', atMs: 2 * PRESS_GAP_MS })
    expect(machine.sent).toEqual(['name-1', 'name-2'])
  })

  it('keeps its name over retries, and gets another one when it is changed', () => {
    const machine = prepared()
    machine.does({ type: 'pressed', atMs: 0 })
    answer(machine, REFUSED)
    machine.does({ type: 'pressed', atMs: 1_000 })
    expect(machine.sent).toEqual(['name-1', 'name-1'])
    machine.does({ type: 'prepared', terms: { ...TERMS, quantity: '200' } })
    machine.does({ type: 'pressed', atMs: 1_010 })
    expect(machine.sent).toEqual(['name-1', 'name-1', 'name-2'])
  })

  it('that was changed and changed back while its outcome is unknown is the same intent', () => {
    const machine = prepared()
    machine.does({ type: 'pressed', atMs: 0 })
    answer(machine, LOST)
    machine.does({ type: 'prepared', terms: { ...TERMS, quantity: '200' } })
    machine.does({ type: 'prepared', terms: TERMS })
    expect(currentSubmission(machine.state)?.phase).toBe('unknown')
    machine.does({ type: 'pressed', atMs: 1_000 })
    expect(machine.sent).toEqual(['name-1', 'name-1'])
  })
})

describe('a lost answer', () => {
  it('is unknown, and looked up with growing pauses until it is known', () => {
    const machine = prepared()
    machine.does({ type: 'pressed', atMs: 0 })
    const pauses = answer(machine, LOST).map((each) => each.type === 'look' && each.afterMs)
    for (let look = 0; look < 3; look += 1) {
      const effects = machine.does({
        type: 'looked',
        clientOrderId: 'name-1',
        look: { kind: 'failed' },
        askedAtMs: 60_000,
      })
      pauses.push(...effects.map((each) => each.type === 'look' && each.afterMs))
    }
    expect(pauses).toEqual([300, 600, 1_200, 2_400])
    expect(currentSubmission(machine.state)?.phase).toBe('unknown')
  })

  it('is not placed only when that was asked after the request can no longer be on its way', () => {
    const machine = prepared()
    machine.does({ type: 'pressed', atMs: 0 })
    answer(machine, LOST, 100)
    const absent = (askedAtMs: number) =>
      machine.does({
        type: 'looked',
        clientOrderId: 'name-1',
        look: { kind: 'absent' },
        askedAtMs,
      })
    absent(100 + TRANSIT_MS - 1)
    expect(currentSubmission(machine.state)?.phase).toBe('unknown')
    absent(100 + TRANSIT_MS)
    expect(currentSubmission(machine.state)).toMatchObject({
      phase: 'refused',
      problem: { type: 'not_placed' },
    })
  })

  it('is decided by an update of the stream', () => {
    const machine = prepared()
    machine.does({ type: 'pressed', atMs: 0 })
    answer(machine, LOST)
    machine.does({ type: 'seen', order: anOrder({ clientOrderId: 'name-1' }) })
    expect(machine.state.all[0]?.phase).toBe('accepted')
    expect(machine.state.draft?.clientOrderId).toBe('name-2')
  })

  it('is not decided by a refusal of the second request: the first one may be an order', () => {
    const machine = prepared()
    machine.does({ type: 'pressed', atMs: 0 })
    answer(machine, LOST)
    machine.does({ type: 'pressed', atMs: 1_000 })
    answer(machine, REFUSED)
    expect(currentSubmission(machine.state)?.phase).toBe('unknown')
  })

  it('is not decided by an order that is still pending: it may be taken back', () => {
    const machine = prepared()
    machine.does({ type: 'pressed', atMs: 0 })
    answer(machine, LOST)
    machine.does({
      type: 'looked',
      clientOrderId: 'name-1',
      look: { kind: 'found', order: anOrder({ clientOrderId: 'name-1', status: 'pending_new' }) },
      askedAtMs: 1_000,
    })
    expect(machine.state.all[0]).toMatchObject({ phase: 'unknown', looking: true })
  })
})

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

  it('presses that belong together send one name', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: PRESS_GAP_MS - 1 }), { maxLength: 20 }),
        fc.nat(20),
        (gaps, answeredAfter) => {
          const machine = prepared()
          let atMs = 0
          machine.does({ type: 'pressed', atMs })
          gaps.forEach((gap, index) => {
            if (index === answeredAfter) {
              const order = anOrder({ clientOrderId: 'name-1' })
              answer(machine, { kind: 'placed', order }, atMs)
            }
            atMs += gap
            machine.does({ type: 'pressed', atMs })
          })
          expect(new Set(machine.sent)).toEqual(new Set(['name-1']))
        },
      ),
    )
  })
})
