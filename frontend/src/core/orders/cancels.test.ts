import { describe, expect, it } from 'vitest'
import { asked, cancelAnswered, cancelLooked, NO_CANCELS, settledCancels } from './cancels'
import { localProblem } from './problem'
import { TRANSIT_MS } from './submission'
import { anOrder } from './testing'

const LOST = { kind: 'lost', problem: localProblem('network', 'no answer') } as const
const UNKNOWN = cancelAnswered(asked(NO_CANCELS, 'order-1')[0], 'order-1', LOST, 100)

describe('a cancel', () => {
  it('is sent once while it is under way, and again after it was refused', () => {
    const [sending, send] = asked(NO_CANCELS, 'order-1')
    expect(send).toBe(true)
    expect(asked(sending, 'order-1')).toEqual([sending, false])
    const problem = localProblem('not_possible', 'no')
    const refused = cancelAnswered(sending, 'order-1', { kind: 'refused', problem }, 5)
    expect(refused.get('order-1')).toMatchObject({ phase: 'refused', problem })
    expect(asked(refused, 'order-1')[1]).toBe(true)
  })

  it('whose answer was lost is unknown until the order is closed', () => {
    expect(UNKNOWN.get('order-1')?.phase).toBe('unknown')
    const [still, again] = cancelLooked(UNKNOWN, 'order-1', null, 99_999)
    expect([still.get('order-1')?.phase, again]).toEqual(['unknown', true])
    const ended = anOrder({ status: 'canceled' })
    expect(cancelLooked(still, 'order-1', ended, 99_999)).toEqual([NO_CANCELS, false])
    expect(settledCancels(still, new Map([[ended.id, ended]]))).toEqual(NO_CANCELS)
  })

  it('goes on being unknown while the platform has it stored', () => {
    const pending = anOrder({ status: 'pending_cancel' })
    expect(cancelLooked(UNKNOWN, 'order-1', pending, 100 + 10 * TRANSIT_MS)[1]).toBe(true)
  })

  it('did nothing only when the order is seen working after the request can still arrive', () => {
    const early = cancelLooked(UNKNOWN, 'order-1', anOrder(), 100 + TRANSIT_MS - 1)
    expect(early[1]).toBe(true)
    const [late] = cancelLooked(UNKNOWN, 'order-1', anOrder(), 100 + TRANSIT_MS)
    expect(late.get('order-1')).toMatchObject({
      phase: 'refused',
      problem: { type: 'not_canceled' },
    })
  })
})
