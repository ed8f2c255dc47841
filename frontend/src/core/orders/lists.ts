import type { Host } from './host'
import { withActivities, withOrders } from './records'
import type { ListName, ListState } from './state'

const PAGE: Readonly<Record<ListName, number>> = { history: 50, fills: 100, activity: 100 }
const LARGEST_PAGE: Readonly<Record<ListName, number>> = { history: 500, fills: 100, activity: 100 }

/** Loads the long lists page by page; what the pages bring goes into the records. */
export class Lists {
  private readonly loading = new Map<ListName, Promise<void>>()

  constructor(private readonly host: Host) {}

  /** The next page, if there is one. A failure is kept in the list's state. */
  async more(name: ListName): Promise<void> {
    await this.page(name, PAGE[name]).catch(() => undefined)
  }

  /** All pages. Rejects with what stopped it. */
  async all(name: ListName): Promise<void> {
    while (this.hasMore(name)) await this.page(name, LARGEST_PAGE[name])
  }

  /** What is newer than was loaded, of the lists that were: transfers, and what happened while nothing was heard. */
  refreshHeads(): void {
    for (const name of ['history', 'fills', 'activity'] as const) {
      if (this.host.state().lists[name].phase !== 'ready') continue
      // What the pages do not show now the next refresh will: a failure is no news.
      this.fetch(name, null, PAGE[name]).catch(() => undefined)
    }
  }

  private hasMore(name: ListName): boolean {
    const list = this.host.state().lists[name]
    return list.phase !== 'ready' || list.next !== null
  }

  private page(name: ListName, size: number): Promise<void> {
    const running = this.loading.get(name)
    if (running !== undefined) return running
    if (!this.hasMore(name)) return Promise.resolve()
    const work = this.load(name, size).finally(() => this.loading.delete(name))
    this.loading.set(name, work)
    return work
  }

  private async load(name: ListName, size: number): Promise<void> {
    const before = this.host.state().lists[name]
    this.set(name, { ...before, phase: 'loading', problem: null })
    try {
      const { next, reached } = await this.fetch(name, before.next, size)
      this.set(name, {
        phase: 'ready',
        problem: null,
        next,
        reached: next === null ? null : reached,
      })
    } catch (error) {
      const phase = before.phase === 'loading' ? 'idle' : before.phase
      this.set(name, { ...before, phase, problem: this.host.api.problemOf(error) })
      throw error
    }
  }

  private async fetch(
    name: ListName,
    after: string | null,
    size: number,
  ): Promise<{ next: string | null; reached: string | null }> {
    const { api } = this.host
    if (name === 'history') {
      const page = await api.closedOrders(after, size)
      const { records } = this.host.state()
      this.host.change({ records: withOrders(records, page.items) })
      return { next: page.next, reached: page.items.at(-1)?.submittedAt ?? null }
    }
    const page = await api.activities(name === 'fills' ? 'fills' : 'all', after, size)
    const { records } = this.host.state()
    this.host.change({ records: withActivities(records, page.items) })
    return { next: page.next, reached: page.items.at(-1)?.time ?? null }
  }

  private set(name: ListName, list: ListState): void {
    this.host.change({ lists: { ...this.host.state().lists, [name]: list } })
  }
}
