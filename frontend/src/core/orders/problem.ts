/** Why the platform said no, or what went wrong on the way to it: a sentence for people, and what to quote. */
export interface Problem {
  /** HTTP status; null when there was no answer. */
  readonly status: number | null
  /** The problem document's `type`, such as `insufficient_buying_power`. */
  readonly type: string
  readonly code: number | null
  readonly message: string
  readonly requestId: string | null
  /** Sentences about single fields, by the field's name in the request. */
  readonly fields: Readonly<Record<string, string>>
}

/** A problem of our own making, in the same shape. */
export function localProblem(type: string, message: string): Problem {
  return { status: null, type, code: null, message, requestId: null, fields: {} }
}
