import { createContext, use } from 'react'

export const BrandContext = createContext('Day Trading')

/** What the platform calls itself. */
export function useBrand(): string {
  return use(BrandContext)
}
