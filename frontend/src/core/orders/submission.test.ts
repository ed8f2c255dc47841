import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OrderRequest } from './terms'
import { type Answer, currentSubmission, type Effect, PRESS_GAP_MS, TRANSIT_MS } from './submission'
import { anOrder, LOST, Machine, REFUSED, TERMS } from './testing'

function prepared(terms: OrderRequest = TERMS): Machine {
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

  it('may still be on its way for longer than the gateway works on a write', () => {
    expect(TRANSIT_MS).toBeGreaterThan(8_000)
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
