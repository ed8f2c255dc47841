/** Runs the action once, soon; answers how to call it off. */
export type FrameScheduler = (action: () => void) => () => void

const HIDDEN_MS = 1_000

/**
 * The next animation frame. A hidden tab paints none: there the action runs once a second, so that what is
 * kept stays bounded, and at once when the tab is looked at again.
 */
export const browserFrames: FrameScheduler = (action) => {
  let done = false
  const run = () => {
    if (done) return
    cancel()
    action()
  }
  const frame = requestAnimationFrame(run)
  const timer = setTimeout(run, HIDDEN_MS)
  document.addEventListener('visibilitychange', run)
  const cancel = () => {
    done = true
    cancelAnimationFrame(frame)
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', run)
  }
  return cancel
}
