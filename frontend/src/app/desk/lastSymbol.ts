const KEY = 'symbol'

/** The symbol that was looked at last in this browser. */
export function lastSymbol(): string | null {
  return localStorage.getItem(KEY)
}

export function rememberSymbol(symbol: string): void {
  localStorage.setItem(KEY, symbol)
}
