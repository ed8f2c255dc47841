import { config, z } from 'zod'

// Zod would compile its rules to functions, and asks the browser whether it may: our policy reports the question.
config({ jitless: true })

export { z }
