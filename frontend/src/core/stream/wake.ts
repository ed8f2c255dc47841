import type { WakeSource } from './socket'

/** The browser's own hints: the tab is looked at again, or the network came back. */
export const browserWake: WakeSource = (listener) => {
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
