import { createContext, use } from 'react'
import type { Api } from '@/api/client'

export const ApiContext = createContext<Api | null>(null)

/** The platform's services, called as whoever is signed in. */
export function useApi(): Api {
  const api = use(ApiContext)
  if (api === null) throw new Error('useApi needs an ApiContext above it')
  return api
}
