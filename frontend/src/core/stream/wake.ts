import type { WakeSource } from './socket'

/** The browser's own hints: the tab is looked at again, or the network came back. Elsewhere there are none. */
export const browserWake: WakeSource = (listener) => {
  if (typeof document === 'undefined') return () => undefined
  const onVisibility = () => {
    if (document.visibilityState === 'visible') listener()
  }
  document.addEventListener('visibilitychange', onVisibility)
  globalThis.addEventListener('online', listener)
  return () => {
    document.removeEventListener('visibilitychange', onVisibility)
    globalThis.removeEventListener('online', listener)
  }
}
