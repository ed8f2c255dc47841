import { screen, waitFor, within } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ORIGIN, renderWithServices } from '@/testing/renderWithServices'
import ApiKeysPage from './ApiKeysPage'
import type { ApiKey } from './queries'

const SECRET = 'the-secret-of-the-key'
const server = setupServer()
let keys: ApiKey[]

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
beforeEach(() => {
  keys = []
  server.use(
    http.get(`${ORIGIN}/v1/auth/api-keys`, () => HttpResponse.json(keys)),
    http.post(`${ORIGIN}/v1/auth/api-keys`, async ({ request }) => {
      const { name, scopes } = (await request.json()) as Pick<ApiKey, 'name' | 'scopes'>
      const created_at = '2026-11-22T10:00:00Z'
      const key = { id: 'k1', key_id: 'PK1', name, scopes, created_at, last_used_at: null }
      keys.push(key)
      return HttpResponse.json({ ...key, secret: SECRET }, { status: 201 })
    }),
    http.delete(`${ORIGIN}/v1/auth/api-keys/:id`, () => {
      keys = []
      return new HttpResponse(null, { status: 204 })
    }),
  )
})
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

async function createKey() {
  const view = renderWithServices(<ApiKeysPage />)
  await view.user.type(screen.getByLabelText('Name'), 'my bot')
  await view.user.click(screen.getByRole('button', { name: 'Create key' }))
  return { ...view, dialog: await screen.findByRole('dialog') }
}

describe('API keys', () => {
  it('show their secret once, and only the button closes it', async () => {
    const { user, dialog } = await createKey()
    expect(within(dialog).getByText(SECRET)).toBeInTheDocument()
    await user.keyboard('{Escape}')
    expect(within(dialog).getByText(SECRET)).toBeInTheDocument()
    await user.click(within(dialog).getByRole('button', { name: 'I have kept the secret' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(document.body).not.toHaveTextContent(SECRET)
    expect(await screen.findByText('my bot')).toBeInTheDocument()
  })

  it('copy to the clipboard', async () => {
    const { user, dialog } = await createKey()
    await user.click(within(dialog).getByRole('button', { name: 'Copy secret' }))
    expect(await within(dialog).findByText('Copied')).toBeInTheDocument()
    expect(await navigator.clipboard.readText()).toBe(SECRET)
  })

  it('offer no scope that their owner lacks', async () => {
    renderWithServices(<ApiKeysPage />)
    expect(await screen.findAllByRole('checkbox')).toHaveLength(2)
  })

  it('need at least one scope', async () => {
    const { user } = renderWithServices(<ApiKeysPage />)
    await user.type(screen.getByLabelText('Name'), 'my bot')
    for (const scope of screen.getAllByRole('checkbox')) await user.click(scope)
    await user.click(screen.getByRole('button', { name: 'Create key' }))
    expect(await screen.findByText('Choose at least one scope.')).toBeInTheDocument()
    expect(keys).toEqual([])
  })

  it('are deleted after asking', async () => {
    const { user, dialog } = await createKey()
    await user.click(within(dialog).getByRole('button', { name: 'I have kept the secret' }))
    await user.click(await screen.findByRole('button', { name: 'Delete the key my bot' }))
    expect(keys).toHaveLength(1)
    await user.click(await screen.findByRole('button', { name: 'Delete the key' }))
    expect(await screen.findByText(/There are no keys/)).toBeInTheDocument()
  })
})
