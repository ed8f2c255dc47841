import { describe, expect, it } from 'vitest'
import { manualTrading, settled } from './manual'
import { localProblem } from './problem'
import { NO_REPLACES, replaceAnswered, replaceAsked, replaceLooked } from './replaces'
import { TRANSIT_MS } from './submission'
import { anOrder } from './testing'

const PROBLEM = localProblem('network', 'no answer')
const CHANGE = { limitPrice: '99' }

async function working(...replaced: Parameters<typeof manualTrading>) {
  const scene = manualTrading(...replaced)
  await settled()
  scene.listens()
  await settled()
  scene.platform.orders.set('order-1', anOrder())
  scene.update(1, anOrder())
  scene.frames.paint()
  return scene
}

const sent = (calls: readonly string[]) => calls.filter((call) => call.startsWith('replace'))

describe('AC-BLT-8 a replacement', () => {
  it('is asked once while it is under way, and over when the old order is replaced', async () => {
    const scene = await working()
    scene.trading.replace('order-1', CHANGE)
    scene.trading.replace('order-1', { limitPrice: '98' })
    await settled()
    expect(sent(scene.platform.calls)).toEqual(['replace order-1 {"limitPrice":"99"}'])
    expect(scene.state.replaces.get('order-1')?.phase).toBe('taken')
    const old = anOrder({ status: 'replaced', replacedBy: "order-1'" })
    scene.update(2, old, undefined, 'replaced')
    expect(scene.state.replaces.size).toBe(0)
    expect(scene.state.records.orders.get("order-1'")?.limitPrice).toBe('99')
  })

  it('that the market rejects leaves the order as it was, and says why', async () => {
    const scene = await working()
    scene.trading.replace('order-1', CHANGE)
    await settled()
    const rejected = anOrder({
      id: "order-1'",
      clientOrderId: 'name-1',
      replaces: 'order-1',
      status: 'rejected',
      rejectReason: 'order_not_open',
    })
    scene.update(
      2,
      anOrder({ updatedAt: '2026-03-16T14:00:01Z' }),
      undefined,
      'order_replace_rejected',
    )
    scene.update(3, rejected)
    expect(scene.state.replaces.get('order-1')).toMatchObject({
      phase: 'refused',
      problem: { message: 'not changed: order not open' },
    })
    scene.trading.replace('order-1', CHANGE)
    await settled()
    expect(sent(scene.platform.calls)).toHaveLength(2)
  })

  it('that the platform refuses says its sentence', async () => {
    const problem = localProblem('not_possible', 'unable to replace order in current state')
    const scene = await working({ replace: () => Promise.resolve({ kind: 'refused', problem }) })
    scene.trading.replace('order-1', CHANGE)
    await settled()
    expect(scene.state.replaces.get('order-1')).toMatchObject({ phase: 'refused', problem })
  })

  it('whose answer was lost is looked up by its name, and never sent again by itself', async () => {
    let asked = 0
    const scene = await working({
      replace: () => {
        asked += 1
        return Promise.resolve({ kind: 'lost', problem: PROBLEM })
      },
    })
    scene.trading.replace('order-1', CHANGE)
    await settled()
    expect(scene.state.replaces.get('order-1')?.phase).toBe('unknown')
    const made = anOrder({ id: 'new', clientOrderId: 'name-1', replaces: 'order-1' })
    scene.platform.orders.set('new', { ...made, status: 'pending_new' })
    scene.time.advance(400)
    await settled()
    expect(scene.platform.calls).toContain('look name-1')
    expect(scene.state.replaces.get('order-1')?.phase).toBe('taken')
    expect(scene.state.records.orders.has('new')).toBe(true)
    expect(asked).toBe(1)
  })

  it('did nothing only when its order is not found after the request can still arrive', () => {
    const [asked] = replaceAsked(NO_REPLACES, 'order-1', CHANGE, 'name')
    const unknown = replaceAnswered(asked, 'order-1', { kind: 'lost', problem: PROBLEM }, 100)
    expect(replaceLooked(unknown, 'order-1', null, 100 + 10 * TRANSIT_MS)[1]).toBe(true)
    expect(replaceLooked(unknown, 'order-1', 'absent', 100 + TRANSIT_MS - 1)[1]).toBe(true)
    const [over, again] = replaceLooked(unknown, 'order-1', 'absent', 100 + TRANSIT_MS)
    expect(over.get('order-1')).toMatchObject({
      phase: 'refused',
      problem: { type: 'not_replaced' },
    })
    expect(again).toBe(false)
  })
})

it('a cancel that the market rejects says so, and may be asked again', async () => {
  const scene = await working()
  scene.trading.cancel('order-1')
  await settled()
  scene.update(
    2,
    anOrder({ updatedAt: '2026-03-16T14:00:01Z' }),
    undefined,
    'order_cancel_rejected',
  )
  expect(scene.state.cancels.get('order-1')).toMatchObject({
    phase: 'refused',
    problem: { type: 'cancel_rejected' },
  })
  scene.trading.cancel('order-1')
  await settled()
  expect(scene.platform.calls.filter((call) => call === 'cancel order-1')).toHaveLength(2)
})
