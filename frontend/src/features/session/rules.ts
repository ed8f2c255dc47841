import { z } from '@/shared/forms/zod'

/** Auth's own rules, so that most people hear of them before anything is sent. Auth has the last word. */
export const registration = z.object({
  username: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{3,32}$/, 'Use 3 to 32 letters, digits, “_”, “.” or “-”.'),
  password: z
    .string()
    .min(10, 'Use at least 10 characters.')
    .max(128, 'Use at most 128 characters.'),
})

export const credentials = z.object({
  username: z.string().min(1, 'Enter your username.'),
  password: z.string().min(1, 'Enter your password.'),
})

export type Credentials = z.infer<typeof credentials>
