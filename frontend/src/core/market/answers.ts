/**
 * Which of our subscriptions the server has answered on this connection. It answers each one, in order, and a
 * symbol that is left is heard of until that is answered: were it chosen again at once, what is still on its way
 * would pass for the new choice's own.
 */
export class Answers {
  private asked = 0
  private answered = 0
  private readonly left = new Map<string, number>()

  /** A new connection: nothing is on its way. */
  restart(): void {
    this.asked = this.answered = 0
    this.left.clear()
  }

  /** A subscription was changed; answers its number. */
  ask(): number {
    this.asked += 1
    return this.asked
  }

  /** The symbol was left. */
  leave(symbol: string): void {
    this.left.set(symbol, this.ask())
  }

  /** An answer came; answers the number of what was asked, null when nothing was. */
  take(): number | null {
    if (this.answered === this.asked) return null
    this.answered += 1
    return this.answered
  }

  /** What comes for the symbol now was sent before it was left. */
  isOld(symbol: string): boolean {
    return (this.left.get(symbol) ?? 0) > this.answered
  }
}
