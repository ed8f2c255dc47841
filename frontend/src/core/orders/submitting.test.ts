import { describe, expect, it } from 'vitest'
import { manualStorage, manualTrading, settled } from './manual'
import { type Answer, TRANSIT_MS } from './submission'
import { anOrder, LOST, TERMS } from './testing'

async function started(...replaced: Parameters<typeof manualTrading>) {
  const scene = manualTrading(...replaced)
  await settled()
  scene.listens()
  await settled()
  return scene
}

const placed = (calls: readonly string[]) => calls.filter((call) => call.startsWith('place'))

describe('submitting', () => {
  it('makes one order of a double click', async () => {
    const scene = await started()
    scene.trading.prepare(TERMS)
    scene.trading.submit()
    scene.trading.submit()
    await settled()
    scene.trading.submit()
    expect(placed(scene.platform.calls)).toEqual(['place name-1'])
    expect(scene.state.submissions.all[0]?.phase).toBe('accepted')
  })

  it('looks an order up whose answer was lost, and finds it', async () => {
    const scene = await started({ place: () => Promise.resolve(LOST) })
    scene.trading.prepare(TERMS)
    scene.trading.submit()
    await settled()
    expect(scene.state.submissions.all[0]?.phase).toBe('unknown')
    scene.platform.orders.set('order-1', anOrder({ clientOrderId: 'name-1' }))
    scene.time.advance(400)
    await settled()
    expect(scene.platform.calls).toContain('look name-1')
    expect(scene.state.submissions.all[0]?.phase).toBe('accepted')
    expect(scene.state.records.orders.has('order-1')).toBe(true)
  })

  it('says that nothing was placed once that is certain, and sends the same name again', async () => {
    const names: string[] = []
    const scene = await started({
      place: (_, name) => {
        names.push(name)
        return Promise.resolve(LOST)
      },
    })
    scene.trading.prepare(TERMS)
    scene.trading.submit()
    await settled()
    for (let waited = 0; waited < 2 * TRANSIT_MS; waited += 200) {
      scene.time.advance(200)
      await settled()
    }
    expect(scene.state.submissions.all[0]).toMatchObject({
      phase: 'refused',
      problem: { type: 'not_placed' },
    })
    scene.trading.submit()
    expect(names).toEqual(['name-1', 'name-1'])
  })
})

describe('what was not decided when the page ended', () => {
  const never = () => new Promise<Answer>(() => undefined)

  /** A page that sent an order and was gone before the answer came. */
  async function left(storage = manualStorage()) {
    const before = await started({ place: never }, { storage })
    before.trading.prepare({ ...TERMS, quantity: '7' })
    before.trading.prepare(TERMS)
    before.trading.submit()
    return storage
  }

  it('is looked up on the next page, and found', async () => {
    const next = manualTrading({}, { storage: await left() })
    expect(next.state.submissions.all).toMatchObject([
      { clientOrderId: 'name-2', phase: 'unknown' },
    ])
    next.platform.orders.set('order-1', anOrder({ clientOrderId: 'name-2' }))
    next.time.advance(400)
    await settled()
    expect(next.platform.calls).toContain('look name-2')
    expect(next.state.submissions.all[0]?.phase).toBe('accepted')
  })

  it('keeps its name there: the same click is the same order', async () => {
    const next = await started({}, { storage: await left() })
    next.trading.prepare(TERMS)
    next.trading.submit()
    expect(placed(next.platform.calls)).toEqual(['place name-2'])
  })

  it('may still be on its way when the next page begins', async () => {
    const next = await started({}, { storage: await left() })
    const phaseAfter = async (ms: number) => {
      for (let waited = 0; waited < ms; waited += 100) {
        next.time.advance(100)
        await settled()
      }
      return next.state.submissions.all[0]?.phase
    }
    expect(await phaseAfter(TRANSIT_MS - 100)).toBe('unknown')
    expect(await phaseAfter(TRANSIT_MS)).toBe('refused')
  })

  it('is forgotten once it is decided', async () => {
    const storage = await left()
    const next = manualTrading({}, { storage })
    next.platform.orders.set('order-1', anOrder({ clientOrderId: 'name-2' }))
    next.time.advance(400)
    await settled()
    expect(manualTrading({}, { storage }).state.submissions.all).toEqual([])
  })

  it('is nobody else’s, and still there when its user comes back', async () => {
    const storage = await left()
    expect(manualTrading({}, { storage, userId: 'bob' }).state.submissions.all).toEqual([])
    expect(manualTrading({}, { storage }).state.submissions.all).toHaveLength(1)
  })

  it('is not touched by an answer that comes after the session ended', async () => {
    const storage = manualStorage()
    let answer: (answer: Answer) => void = () => undefined
    const place = () => new Promise<Answer>((resolve) => (answer = resolve))
    const before = await started({ place }, { storage })
    before.trading.prepare(TERMS)
    before.trading.submit()
    before.trading.close()
    answer({ kind: 'placed', order: anOrder({ clientOrderId: 'name-1' }) })
    await settled()
    expect(manualTrading({}, { storage }).state.submissions.all).toHaveLength(1)
  })

  it('keeps nobody from trading when it cannot be read or kept', async () => {
    const full = {
      getItem: () => '[{"clientOrderId": 7}]',
      setItem: () => {
        throw new Error('full')
      },
      removeItem: () => undefined,
    }
    const scene = await started({}, { storage: full })
    scene.trading.prepare(TERMS)
    scene.trading.submit()
    await settled()
    expect(scene.state.submissions.all[0]?.phase).toBe('accepted')
    expect(scene.reports).toHaveLength(2)
  })
})
