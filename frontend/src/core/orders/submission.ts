/**
 * From a click to an order, exactly once: a pure state machine.
 *
 * An intent is named (`client_order_id`) before it can be sent, and keeps its name until it is known to have
 * become an order, or its terms change. So everything that may happen twice (a click, a retry, an answer, an
 * update of the stream) happens to the same name, of which the platform makes one order at most.
 */
import type { Order } from './order'
import { localProblem, type Problem } from './problem'
import { type OrderRequest, sameRequest } from './terms'

/** Presses closer than this are one press: a double click whose first half was answered in between. */
export const PRESS_GAP_MS = 500
/**
 * How long after its answer was lost a request may still be on its way in. "No such order" counts only when it
 * was asked later than that. The gateway works on a write for up to 8 s, also when whoever asked is gone.
 */
export const TRANSIT_MS = 10_000
const FIRST_LOOK_MS = 300
const LONGEST_LOOK_MS = 8_000
const KEPT_DECIDED = 20

export type Phase = 'sending' | 'unknown' | 'accepted' | 'refused'

/** An order's name, and what was sent under it. */
export interface Sent {
  readonly clientOrderId: string
  readonly terms: OrderRequest
}

/** One intent that was sent. Undecided (`sending`, `unknown`) until it is known whether it is an order. */
export interface Submission extends Sent {
  readonly phase: Phase
  /** The order as first heard of; from then on the account's records have its newest state. */
  readonly order: Order | null
  readonly problem: Problem | null
  /** Requests whose answer was lost: each may have made the order, or may still make it. */
  readonly lost: number
  readonly lostAtMs: number
  readonly looking: boolean
  readonly looks: number
}

export interface Draft {
  readonly terms: OrderRequest
  /** Null only between two steps: whoever drives the machine names the draft at once. */
  readonly clientOrderId: string | null
}

export interface Submissions {
  readonly draft: Draft | null
  /** Newest first. */
  readonly all: readonly Submission[]
  readonly pressedAtMs: number | null
}

export const NOTHING_SUBMITTED: Submissions = { draft: null, all: [], pressedAtMs: null }

/** How a request to place an order ended. */
export type Answer =
  | { readonly kind: 'placed'; readonly order: Order; readonly legs?: readonly Order[] }
  | { readonly kind: 'refused'; readonly problem: Problem }
  /** The name was used before: whether by us is looked up. */
  | { readonly kind: 'duplicate'; readonly problem: Problem }
  /** No answer, or one that says nothing about the order. */
  | { readonly kind: 'lost'; readonly problem: Problem }

/** What asking for an order by its name brought. */
export type Look =
  | { readonly kind: 'found'; readonly order: Order }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed' }

export type SubmissionEvent =
  /** What was undecided when an earlier page of the same user ended, newest first. */
  | { readonly type: 'restored'; readonly sent: readonly Sent[]; readonly atMs: number }
  | { readonly type: 'prepared'; readonly terms: OrderRequest | null }
  | { readonly type: 'named'; readonly clientOrderId: string }
  | { readonly type: 'pressed'; readonly atMs: number }
  | {
      readonly type: 'answered'
      readonly clientOrderId: string
      readonly answer: Answer
      readonly atMs: number
    }
  | {
      readonly type: 'looked'
      readonly clientOrderId: string
      readonly look: Look
      readonly askedAtMs: number
    }
  /** An order of the account, from the stream or a snapshot. */
  | { readonly type: 'seen'; readonly order: Order }

export type Effect =
  | ({ readonly type: 'send' } & Sent)
  | { readonly type: 'look'; readonly clientOrderId: string; readonly afterMs: number }

export type Step = readonly [Submissions, readonly Effect[]]

export function isUndecided(submission: Submission): boolean {
  return submission.phase === 'sending' || submission.phase === 'unknown'
}

/** The submission of what the ticket holds now, if it was sent before. */
export function currentSubmission(state: Submissions): Submission | null {
  return state.all.find((each) => each.clientOrderId === state.draft?.clientOrderId) ?? null
}

export function step(state: Submissions, event: SubmissionEvent): Step {
  switch (event.type) {
    case 'restored':
      return restored(state, event.sent, event.atMs)
    case 'prepared':
      return [prepared(state, event.terms), []]
    case 'named':
      return [named(state, event.clientOrderId), []]
    case 'pressed':
      return pressed(state, event.atMs)
    case 'answered':
      return change(state, event.clientOrderId, (each) => answered(each, event.answer, event.atMs))
    case 'looked':
      return change(state, event.clientOrderId, (each) => looked(each, event.look, event.askedAtMs))
    case 'seen':
      return change(state, event.order.clientOrderId, (each) => [withOrder(each, event.order), []])
  }
}

/** The earlier page may have sent all of it in its last moment. */
function restored(state: Submissions, sent: readonly Sent[], atMs: number): Step {
  const changes = sent.map((each) =>
    look({ ...newlySent(each), phase: 'unknown', lost: 1, lostAtMs: atMs }),
  )
  const all = [...state.all, ...changes.map(([submission]) => submission)]
  return [{ ...state, all }, changes.flatMap(([, effects]) => effects)]
}

function newlySent({ clientOrderId, terms }: Sent): Submission {
  return {
    clientOrderId,
    terms,
    phase: 'sending',
    order: null,
    problem: null,
    lost: 0,
    lostAtMs: 0,
    looking: false,
    looks: 0,
  }
}

function prepared(state: Submissions, terms: OrderRequest | null): Submissions {
  if (terms === null) return { ...state, draft: null }
  if (state.draft !== null && sameRequest(state.draft.terms, terms)) return state
  // Terms that were sent before and are not known to be an order keep their name: going back to them is a retry.
  const before = state.all.find(
    (each) => each.phase !== 'accepted' && sameRequest(each.terms, terms),
  )
  const draft = { terms, clientOrderId: before?.clientOrderId ?? null }
  return { ...state, draft, pressedAtMs: null }
}

function named(state: Submissions, clientOrderId: string): Submissions {
  if (state.draft === null || state.draft.clientOrderId !== null) return state
  return { ...state, draft: { ...state.draft, clientOrderId } }
}

function pressed(state: Submissions, atMs: number): Step {
  const again = state.pressedAtMs !== null && atMs - state.pressedAtMs < PRESS_GAP_MS
  const noted: Submissions = { ...state, pressedAtMs: atMs }
  const draft = state.draft
  if (again || draft?.clientOrderId == null) return [noted, []]
  const { clientOrderId, terms } = draft
  const known = currentSubmission(state)
  if (known?.phase === 'sending' || known?.phase === 'accepted') return [noted, []]
  const sending: Submission = known
    ? { ...known, phase: 'sending', problem: null }
    : newlySent({ clientOrderId, terms })
  const others = state.all.filter((each) => each.clientOrderId !== clientOrderId)
  return [
    { ...noted, all: bounded([sending, ...others]) },
    [{ type: 'send', clientOrderId, terms }],
  ]
}

type Change = readonly [Submission, readonly Effect[]]

function answered(submission: Submission, answer: Answer, atMs: number): Change {
  // An order that was heard of stays one, whatever a request that made nothing new is answered.
  if (submission.phase === 'accepted') return [submission, []]
  switch (answer.kind) {
    case 'placed':
      return [accepted(submission, answer.order), []]
    case 'refused':
      if (submission.lost === 0) {
        return [{ ...submission, phase: 'refused', problem: answer.problem }, []]
      }
      // This request made nothing, but an earlier one may have.
      return look({ ...submission, phase: 'unknown', problem: answer.problem })
    case 'duplicate':
    case 'lost':
      return look({
        ...submission,
        phase: 'unknown',
        problem: answer.problem,
        lost: submission.lost + 1,
        lostAtMs: atMs,
        looks: 0,
      })
  }
}

function looked(submission: Submission, result: Look, askedAtMs: number): Change {
  const here = { ...submission, looking: false }
  if (result.kind === 'found') {
    const heard = withOrder(here, result.order)
    return heard.phase === 'unknown' ? look(heard) : [heard, []]
  }
  if (here.phase !== 'unknown') return [here, []]
  if (result.kind === 'absent' && askedAtMs >= here.lostAtMs + TRANSIT_MS) {
    const problem = localProblem(
      'not_placed',
      'the order did not reach the platform; nothing was placed, and sending it again is safe',
    )
    return [{ ...here, phase: 'refused', problem, order: null, lost: 0 }, []]
  }
  return look(here)
}

/** A `pending_new` that somebody else shows may still be taken back: it is no order yet, and no failure. */
function withOrder(submission: Submission, order: Order): Submission {
  if (submission.phase === 'accepted') return submission
  return order.status === 'pending_new' ? { ...submission, order } : accepted(submission, order)
}

function accepted(submission: Submission, order: Order): Submission {
  return { ...submission, phase: 'accepted', order, problem: null }
}

function look(submission: Submission): Change {
  if (submission.looking) return [submission, []]
  const afterMs = Math.min(FIRST_LOOK_MS * 2 ** submission.looks, LONGEST_LOOK_MS)
  return [
    { ...submission, looking: true, looks: submission.looks + 1 },
    [{ type: 'look', clientOrderId: submission.clientOrderId, afterMs }],
  ]
}

function change(state: Submissions, name: string, apply: (each: Submission) => Change): Step {
  const before = state.all.find((each) => each.clientOrderId === name)
  if (before === undefined) return [state, []]
  const [after, effects] = apply(before)
  if (after === before) return [state, effects]
  const all = state.all.map((each) => (each === before ? after : each))
  // The name is used up: what is pressed from now on is another order.
  const usedUp = after.phase === 'accepted' && state.draft?.clientOrderId === name
  const draft = usedUp ? { ...state.draft, clientOrderId: null } : state.draft
  return [{ ...state, draft, all }, effects]
}

function bounded(all: readonly Submission[]): readonly Submission[] {
  let decided = 0
  return all.filter((each) => isUndecided(each) || (decided += 1) <= KEPT_DECIDED)
}
