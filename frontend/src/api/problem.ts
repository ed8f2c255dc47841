/** What a call can end with instead of an answer. Every error that the clients throw is one of these three. */

/** The API said no: its problem document (RFC 9457), read. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  /** The HTTP method of the call. */
  readonly method: string
  readonly status: number
  /** The case, such as `insufficient_buying_power`. */
  readonly type: string
  readonly code: number
  /** To quote when asking for help. */
  readonly requestId: string | null
  /** Seconds after which trying again makes sense, if the API said so. */
  readonly retryAfter: number | null
  /** Sentences about single fields, by the field's name in the request. */
  readonly fields: Readonly<Record<string, string>>
  /** Every member of the document, for those that belong to the case (`existing_order_id`, `buying_power`). */
  readonly members: Readonly<Record<string, unknown>>

  constructor(method: string, status: number, headers: Headers, document: unknown) {
    const members = isRecord(document) ? document : {}
    super(text(members['message']) ?? text(members['detail']) ?? sentenceFor(status))
    this.method = method
    this.status = status
    this.type = text(members['type']) ?? 'unreadable'
    this.code = typeof members['code'] === 'number' ? members['code'] : status * 100_000
    this.requestId = text(members['request_id']) ?? headers.get('x-request-id')
    this.retryAfter = seconds(headers.get('retry-after'))
    this.fields = fieldsOf(this.type, this.message)
    this.members = members
  }
}

/** A write was sent and no answer came: it may have happened, and must be looked up rather than repeated. */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown'
  constructor(cause: unknown) {
    super('no answer came: it is not known yet whether this was done', { cause })
  }
}

/** Nothing was read or done, since nobody answered. Trying again does no harm. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'
  constructor(cause: unknown) {
    super('the server cannot be reached', { cause })
  }
}

/**
 * Whether a failed write may have had its effect all the same. A 503 says that nothing was done, unless its type
 * is `outcome_unknown`; any other 5xx came from somewhere that cannot tell.
 */
export function isOutcomeUnknown(error: unknown): boolean {
  if (error instanceof OutcomeUnknown) return true
  if (!(error instanceof ApiProblem) || isSafe(error.method) || error.status < 500) return false
  return error.status !== 503 || error.type === 'outcome_unknown' || error.type === 'unreadable'
}

/** Whether a method only reads (RFC 9110), so that doing it twice does no harm. */
export function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}

/** A sentence for a person, whatever went wrong. */
export function sentenceOf(error: unknown): string {
  const message = error instanceof Error ? error.message : 'something went wrong'
  return message.charAt(0).toUpperCase() + message.slice(1)
}

/** The id to quote for what went wrong, if there is one. */
export function requestIdOf(error: unknown): string | null {
  return error instanceof ApiProblem ? error.requestId : null
}

/** `invalid_input` names the field in front of its sentence: `qty: must be above 0`. */
function fieldsOf(type: string, message: string): Record<string, string> {
  const found = type === 'invalid_input' ? /^([a-z_][a-z0-9_.-]*): (.+)$/is.exec(message) : null
  const [, field, sentence] = found ?? []
  return field === undefined || sentence === undefined ? {} : { [field]: sentence }
}

function sentenceFor(status: number): string {
  return status >= 500 ? 'the server could not answer' : `the server refused this (${status})`
}

function seconds(header: string | null): number | null {
  return header !== null && /^\d+$/.test(header) ? Number(header) : null
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
