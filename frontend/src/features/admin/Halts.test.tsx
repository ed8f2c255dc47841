import { screen, within } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { problem } from '@/testing/problem'
import { ORIGIN, renderWithServices } from '@/testing/renderWithServices'
import { Halts } from './Halts'

const server = setupServer()
const HALT = { set_by: 'u', set_at: '2026-11-22T10:00:00Z', reason: 'maintenance' }

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

function show(halts: object[] = []) {
  const asked: string[] = []
  server.use(
    http.get(`${ORIGIN}/v1/admin/halts`, () => HttpResponse.json({ halts, next_cursor: null })),
    http.all(`${ORIGIN}/v1/admin/halts/*`, async ({ request }) => {
      const body = request.method === 'PUT' ? await request.text() : ''
      asked.push(`${request.method} ${new URL(request.url).pathname} ${body}`.trim())
      if (request.method === 'DELETE') return new HttpResponse(null, { status: 204 })
      return HttpResponse.json({ ...HALT, scope: 'all', target: null, open_orders: 0 })
    }),
  )
  return { asked, ...renderWithServices(<Halts symbols={['ACME']} />) }
}

describe('AC-ADM-2 the kill switch', () => {
  it('asks for a reason and for a second press before it halts everything', async () => {
    const { asked, user } = show()
    await user.selectOptions(screen.getByLabelText('Halt'), 'Everything')
    await user.click(screen.getByRole('button', { name: 'Halt everything' }))
    expect(await screen.findByText('Say why: it is kept.')).toBeInTheDocument()
    await user.type(screen.getByLabelText('Reason'), 'maintenance')
    await user.click(screen.getByRole('button', { name: 'Halt everything' }))
    const dialog = await screen.findByRole('dialog')
    expect(asked).toEqual([])
    await user.click(within(dialog).getByRole('button', { name: /cancel its orders/ }))
    expect(await screen.findByText(/is halted\. No order is open/)).toBeInTheDocument()
    expect(asked).toEqual(['PUT /v1/admin/halts/all {"reason":"maintenance"}'])
  })

  it('does nothing when it is not confirmed, and needs to know what to halt', async () => {
    const { asked, user } = show()
    await user.type(screen.getByLabelText('Reason'), 'news')
    await user.click(screen.getByRole('button', { name: 'Halt it' }))
    expect(await screen.findByText('Choose the symbol.')).toBeInTheDocument()
    await user.selectOptions(screen.getByLabelText('Symbol to halt'), 'ACME')
    await user.click(screen.getByRole('button', { name: 'Halt it' }))
    await user.click(await screen.findByRole('button', { name: 'Let it trade' }))
    expect(asked).toEqual([])
  })

  it('says why a halt failed, in the dialog that stays', async () => {
    const { user } = show()
    server.use(
      http.put(`${ORIGIN}/v1/admin/halts/*`, () => problem(503, 'unavailable', 'come back later')),
    )
    await user.selectOptions(screen.getByLabelText('Halt'), 'Everything')
    await user.type(screen.getByLabelText('Reason'), 'news')
    await user.click(screen.getByRole('button', { name: 'Halt everything' }))
    const dialog = await screen.findByRole('dialog')
    await user.click(within(dialog).getByRole('button', { name: /cancel its orders/ }))
    expect(await within(dialog).findByRole('alert')).toHaveTextContent('Come back later')
  })

  it('shows what is in force, and lets it trade again', async () => {
    const { asked, user } = show([{ ...HALT, scope: 'symbol', target: 'ACME' }])
    expect(await screen.findByRole('row', { name: /ACME maintenance/ })).toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: 'Let ACME trade again' }))
    expect(await screen.findByText('ACME trades again.')).toBeInTheDocument()
    expect(asked).toEqual(['DELETE /v1/admin/halts/symbols/ACME'])
  })
})
