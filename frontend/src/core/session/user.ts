import type { components } from '@/api/generated/auth'

export type User = components['schemas']['User']
export type Credentials = components['schemas']['Credentials']
