import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { browserFrames } from './frames'

const visibility = (state: DocumentVisibilityState) => {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(state)
  document.dispatchEvent(new Event('visibilitychange'))
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('runs once, in the next frame', () => {
  const action = vi.fn()
  browserFrames(action)
  vi.advanceTimersToNextFrame()
  vi.advanceTimersByTime(5_000)
  visibility('visible')
  expect(action).toHaveBeenCalledOnce()
})

it('runs within a second in a hidden tab, which paints nothing, and at once when that is looked at', () => {
  vi.spyOn(globalThis, 'requestAnimationFrame').mockReturnValue(1)
  const action = vi.fn()
  browserFrames(action)
  vi.advanceTimersByTime(999)
  expect(action).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(action).toHaveBeenCalledOnce()
  browserFrames(action)
  visibility('visible')
  expect(action).toHaveBeenCalledTimes(2)
})

it('can be called off', () => {
  const action = vi.fn()
  browserFrames(action)()
  vi.advanceTimersByTime(5_000)
  expect(action).not.toHaveBeenCalled()
})
