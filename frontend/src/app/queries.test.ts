import { MutationObserver, onlineManager } from '@tanstack/react-query'
import { afterEach, expect, it } from 'vitest'
import { createQueries } from './queries'

afterEach(() => onlineManager.setOnline(true))

it('fails at once without a network, and sends nothing later', async () => {
  onlineManager.setOnline(false)
  const queries = createQueries()
  let sent = 0
  const away = () => {
    sent += 1
    return Promise.reject(new Error('away'))
  }
  const write = new MutationObserver(queries, { mutationFn: away })
  await expect(write.mutate()).rejects.toThrow('away')
  await expect(queries.query({ queryKey: ['read'], queryFn: away })).rejects.toThrow('away')
  expect(sent).toBe(2)
})
