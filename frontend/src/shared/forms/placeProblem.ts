import type { FieldPath, FieldValues, UseFormSetError } from 'react-hook-form'
import { ApiProblem, sentenceOf } from '@/api/problem'

/**
 * Puts the API's sentence beside the field it is about, or at the form. `places` says where a problem's `type`,
 * or a field of the request by another name, belongs.
 */
export function placeProblem<Values extends FieldValues>(
  setError: UseFormSetError<Values>,
  error: unknown,
  fields: readonly FieldPath<Values>[],
  places: Readonly<Record<string, FieldPath<Values>>> = {},
): void {
  if (error instanceof ApiProblem) {
    const [[named, about] = []] = Object.entries(error.fields)
    const field =
      named === undefined ? places[error.type] : (places[named] ?? fields.find((f) => f === named))
    if (field !== undefined) {
      setError(field, { message: capitalised(about ?? error.message) }, { shouldFocus: true })
      return
    }
  }
  setError('root', { message: sentenceOf(error), type: requestIdIn(error) })
}

function requestIdIn(error: unknown): string {
  return (error instanceof ApiProblem ? error.requestId : null) ?? ''
}

function capitalised(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}
