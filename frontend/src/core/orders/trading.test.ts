import { describe, expect, it } from 'vitest'
import { manualTrading, settled } from './manual'
import { localProblem } from './problem'
import { anOrder } from './testing'

async function started(...replaced: Parameters<typeof manualTrading>) {
  const scene = manualTrading(...replaced)
  await settled()
  scene.listens()
  await settled()
  return scene
}

describe('trading', () => {
  it('loads the account, and listens from now on', async () => {
    const scene = await started()
    expect(scene.state).toMatchObject({
      phase: 'ready',
      live: true,
      records: { account: { cash: '100000' } },
    })
    expect(scene.server.requests[0]).toEqual({
      action: 'listen',
      data: { streams: ['trade_updates'] },
    })
  })

  it('goes on after the last update on the next connection', async () => {
    const scene = await started()
    scene.update(41, anOrder())
    scene.server.drop()
    expect(scene.state.live).toBe(false)
    scene.time.advance(20_000)
    await settled()
    scene.server.accept()
    expect(scene.server.requests[0]).toMatchObject({ data: { after: '41' } })
  })

  it('asks for what is missing when a number was left out, and takes nothing before it came', async () => {
    const scene = await started()
    scene.update(1, anOrder())
    scene.update(3, anOrder({ status: 'canceled' }))
    expect(scene.server.requests.at(-1)).toMatchObject({ data: { after: '1' } })
    scene.frames.paint()
    expect(scene.state.records.orders.get('order-1')?.status).toBe('new')
    scene.listens()
    scene.update(2, anOrder({ status: 'partially_filled', filledQuantity: '10' }))
    scene.update(3, anOrder({ status: 'canceled', filledQuantity: '10' }))
    scene.frames.paint()
    expect(scene.state.records.orders.get('order-1')?.status).toBe('canceled')
  })

  it('starts over when the platform does not know the number that it would go on after', async () => {
    const scene = await started()
    scene.update(41, anOrder())
    scene.server.drop()
    scene.time.advance(20_000)
    await settled()
    scene.server.accept()
    scene.server.deliver(JSON.stringify({ action: 'error', data: { error_message: 'no such' } }))
    expect(scene.server.requests.at(-1)).toEqual({
      action: 'listen',
      data: { streams: ['trade_updates'] },
    })
    scene.listens()
    scene.update(1, anOrder({ status: 'canceled' }))
    scene.frames.paint()
    expect(scene.state.records.orders.get('order-1')?.status).toBe('canceled')
  })

  it('gives up on what is missing when the platform refuses to send it, and notices the next gap', async () => {
    const scene = await started()
    scene.update(41, anOrder())
    scene.update(43, anOrder())
    const asked = scene.platform.calls.length
    scene.server.deliver(JSON.stringify({ action: 'error', data: { error_message: 'no such' } }))
    scene.time.advance(2_000)
    await settled()
    expect(scene.platform.calls.slice(asked)).toContain('positions')
    scene.update(50, anOrder())
    scene.update(52, anOrder())
    expect(scene.server.requests.at(-1)).toMatchObject({ data: { after: '50' } })
  })

  it('shows a fill as position and fill at once, and asks for cash and cost after it', async () => {
    const scene = await started()
    const asked = scene.platform.calls.length
    const filled = anOrder({ status: 'filled', filledQuantity: '100', averagePrice: '101.25' })
    scene.update(1, filled, { id: 'x', quantity: '100', price: '101.25', after: '100' })
    scene.frames.paint()
    expect(scene.state.records.positions.get('ACME')).toMatchObject({
      quantity: '100',
      cost: '10125',
    })
    expect(scene.state.records.activities.get('x')).toMatchObject({ kind: 'fill', quantity: '100' })
    scene.time.advance(5_000)
    await settled()
    expect(scene.platform.calls.slice(asked)).toContain('positions')
  })

  it('shows a cancel as under way until the stream says that the order ended', async () => {
    const scene = await started()
    scene.update(1, anOrder())
    scene.frames.paint()
    scene.trading.cancel('order-1')
    scene.trading.cancel('order-1')
    await settled()
    expect(scene.platform.calls.filter((call) => call === 'cancel order-1')).toHaveLength(1)
    expect(scene.state.cancels.has('order-1')).toBe(true)
    scene.update(2, anOrder({ status: 'canceled' }))
    expect(scene.state.cancels.has('order-1')).toBe(false)
  })

  it('cancels all, and knows each one of them', async () => {
    const refused = localProblem('not_possible', 'the order is filled')
    const scene = await started({
      cancelAll: () =>
        Promise.resolve({
          kind: 'answered',
          rows: [
            { id: 'order-1', answer: { kind: 'done' } },
            { id: 'order-2', answer: { kind: 'refused', problem: refused } },
          ],
        }),
    })
    scene.update(1, anOrder())
    scene.update(2, anOrder({ id: 'order-2', clientOrderId: 'client-2' }))
    scene.trading.cancelAll()
    await settled()
    expect(scene.state.cancelAll.busy).toBe(false)
    expect(scene.state.cancels.get('order-1')?.phase).toBe('unknown')
    expect(scene.state.cancels.get('order-2')).toMatchObject({ phase: 'refused', problem: refused })
  })

  it('finds out about orders that ended while nobody listened', async () => {
    const scene = await started()
    scene.platform.orders.set('order-1', anOrder())
    scene.trading.refresh()
    scene.time.advance(2_000)
    await settled()
    expect(scene.state.records.orders.get('order-1')?.status).toBe('new')
    const ended = anOrder({ status: 'expired' })
    scene.platform.openOrders = () => Promise.resolve([])
    scene.platform.orders.set('order-1', ended)
    scene.trading.refresh()
    scene.time.advance(2_000)
    await settled()
    expect(scene.state.records.orders.get('order-1')?.status).toBe('expired')
  })

  it('says why the account cannot be read, and reads it when that is over', async () => {
    let works = false
    const scene = manualTrading({
      account: () =>
        works
          ? Promise.resolve({ cash: '1', equity: '1', buyingPower: '1', mayTrade: true })
          : Promise.reject(new Error('away')),
    })
    await settled()
    expect(scene.state).toMatchObject({ phase: 'failed', problem: { type: 'no_answer' } })
    works = true
    scene.time.advance(6_000)
    await settled()
    expect(scene.state.phase).toBe('ready')
  })
})
