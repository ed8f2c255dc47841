import type { Host } from './host'
import {
  nextReplaceLookMs,
  replaceAnswered,
  replaceAsked,
  replaceLooked,
  settledReplaces,
} from './replaces'
import type { Replacement } from './terms'

/** Carries replacements out, and finds out what became of them. */
export class Replacing {
  constructor(
    private readonly host: Host,
    private readonly newId: () => string,
    /** A replacement was answered: more may be held for it now. */
    private readonly onAnswer: () => void,
  ) {}

  async one(orderId: string, change: Replacement): Promise<void> {
    const name = this.newId()
    const [replaces, send] = replaceAsked(this.host.state().replaces, orderId, change, name)
    if (!send) return
    this.host.change({ replaces })
    const answer = await this.host.api.replace(orderId, change, name)
    this.host.change({
      replaces: replaceAnswered(this.host.state().replaces, orderId, answer, this.host.clock.now()),
    })
    if (answer.kind === 'taken') this.host.hear([answer.order])
    this.settle()
    this.onAnswer()
    if (answer.kind === 'lost') this.lookLater(orderId)
  }

  /** Orders changed: they say what became of replacements. */
  settle(): void {
    const { replaces, records } = this.host.state()
    const left = settledReplaces(replaces, records.orders)
    if (left !== replaces) this.host.change({ replaces: left })
  }

  private lookLater(orderId: string): void {
    const replace = this.host.state().replaces.get(orderId)
    if (replace === undefined) return
    this.host.later(() => void this.look(orderId), nextReplaceLookMs(replace))
  }

  private async look(orderId: string): Promise<void> {
    const replace = this.host.state().replaces.get(orderId)
    if (replace === undefined) return
    const askedAtMs = this.host.clock.now()
    const look = await this.host.api.look(replace.clientOrderId)
    if (look.kind === 'found') this.host.hear([look.order])
    const said = look.kind === 'failed' ? null : look.kind
    const { replaces: before } = this.host.state()
    const [replaces, again] = replaceLooked(before, orderId, said, askedAtMs)
    if (replaces !== before) this.host.change({ replaces })
    this.settle()
    if (again) this.lookLater(orderId)
  }
}
