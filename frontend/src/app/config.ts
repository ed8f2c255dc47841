/** What the gateway tells the page when it runs, so that one build serves every installation. */
export interface Config {
  /** What the platform calls itself. */
  readonly name: string
  /** Where the API answers; empty for the page's own origin. */
  readonly api: string
  /** Where the websockets are; empty for the page's own origin. */
  readonly streams: string
}

const DEFAULTS: Config = { name: 'Day Trading', api: '', streams: '' }

/** Reads `/config.json`. Without one the defaults hold: everything at this origin. */
export async function loadConfig(fetch = globalThis.fetch): Promise<Config> {
  try {
    const answer = await fetch('/config.json', { signal: AbortSignal.timeout(3_000) })
    const told: unknown = answer.ok ? await answer.json() : {}
    return withDefaults(told as Record<string, unknown>)
  } catch {
    return DEFAULTS
  }
}

function withDefaults(told: Record<string, unknown>): Config {
  const text = (name: keyof Config) => {
    const value = told[name]
    return typeof value === 'string' && value !== '' ? value : DEFAULTS[name]
  }
  return { name: text('name'), api: text('api'), streams: text('streams') }
}

/** The websocket address of `path`. */
export function streamAddress(config: Config, path: string): string {
  const base = config.streams || location.origin
  return base.replace(/^http/, 'ws') + path
}
