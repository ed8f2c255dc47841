/** What a client may ask of `/v1/stream/market`, as the text that is sent. */
export type Channel = 'depth' | 'trades' | 'bars' | 'tickers'

export function subscribeText(channels: readonly Channel[], symbols: readonly string[]): string {
  return JSON.stringify({ action: 'subscribe', channels, symbols })
}

export function unsubscribeText(channels: readonly Channel[], symbols: readonly string[]): string {
  return JSON.stringify({ action: 'unsubscribe', channels, symbols })
}

export function resyncText(symbol: string): string {
  return JSON.stringify({ action: 'resync', symbol })
}

export function pingText(id: number): string {
  return JSON.stringify({ action: 'ping', id })
}
