import { describe, expect, it } from 'vitest'
import { statusOf } from './status'

const LIVE = { phase: 'open', latencyMs: 3.6, live: true } as const

describe('the connection', () => {
  it('is live, with its latency', () => {
    expect(statusOf(LIVE, false, true)).toMatchObject({ kind: 'live', word: 'live 4 ms' })
  })

  it('is live before the first ping came back', () => {
    expect(statusOf({ ...LIVE, latencyMs: null }, false, true).word).toBe('live')
  })

  it('is stale when the platform does not hear its engine, or the book has a gap', () => {
    expect(statusOf({ ...LIVE, live: false }, false, true).kind).toBe('stale')
    expect(statusOf(LIVE, true, true).kind).toBe('stale')
  })

  it('is being made until the platform said whether it hears its engine', () => {
    expect(statusOf({ ...LIVE, live: null }, false, true)).toMatchObject({
      kind: 'reconnecting',
      word: 'connecting',
    })
  })

  it.each(['connecting', 'waiting', 'closed'] as const)('is being restored while %s', (phase) => {
    expect(statusOf({ ...LIVE, phase }, false, true).kind).toBe('reconnecting')
  })

  it('is offline when the device is, whatever the socket believes', () => {
    expect(statusOf(LIVE, false, false).kind).toBe('offline')
  })
})
