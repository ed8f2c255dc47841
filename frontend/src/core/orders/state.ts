import { type Cancels, NO_CANCELS } from './cancels'
import type { Problem } from './problem'
import { NO_RECORDS, type Records } from './records'
import { NO_REPLACES, type Replaces } from './replaces'
import { NOTHING_SUBMITTED, type Submissions } from './submission'

export type ListName = 'history' | 'fills' | 'activity'

/** How far back a list was loaded. What is newer than `reached` is complete. */
export interface ListState {
  readonly phase: 'idle' | 'loading' | 'ready'
  /** Why the last page could not be had. */
  readonly problem: Problem | null
  /** Where the next page begins; null when there is none (or nothing was loaded yet). */
  readonly next: string | null
  /** Time of the oldest item that was loaded; null when everything was. */
  readonly reached: string | null
}

/** Everything the UI knows of the trader's own side. Immutable: what did not change stays the same object. */
export interface TradingState {
  readonly phase: 'loading' | 'ready' | 'failed'
  /** Why the first load failed. */
  readonly problem: Problem | null
  /** Whether updates are heard as they happen; without them everything is asked for now and then. */
  readonly live: boolean
  readonly records: Records
  readonly submissions: Submissions
  readonly cancels: Cancels
  readonly replaces: Replaces
  readonly cancelAll: { readonly busy: boolean; readonly problem: Problem | null }
  readonly lists: Readonly<Record<ListName, ListState>>
}

export const UNLOADED: ListState = { phase: 'idle', problem: null, next: null, reached: null }

export const INITIAL_STATE: TradingState = {
  phase: 'loading',
  problem: null,
  live: false,
  records: NO_RECORDS,
  submissions: NOTHING_SUBMITTED,
  cancels: NO_CANCELS,
  replaces: NO_REPLACES,
  cancelAll: { busy: false, problem: null },
  lists: { history: UNLOADED, fills: UNLOADED, activity: UNLOADED },
}
