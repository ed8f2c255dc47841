import { HttpResponse } from 'msw'

/** A refusal as the platform's services write it. */
export function problem(status: number, type: string, message: string) {
  return HttpResponse.json(
    {
      type,
      title: '',
      status,
      detail: message,
      code: status * 100_000,
      message,
      request_id: 'r-1',
    },
    { status, headers: { 'content-type': 'application/problem+json' } },
  )
}
