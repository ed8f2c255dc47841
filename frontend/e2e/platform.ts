import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))
const PYTHON = join(REPOSITORY, '.venv/bin/python')

/** Where a running platform answers, and its administrator. */
export interface Access {
  gateway: string
  admin: { username: string; password: string }
}

/** The platform that this run uses. */
export function access(): Access {
  const root = process.env['E2E_ROOT']
  if (root === undefined) throw new Error('E2E_ROOT is set by the global set-up; run npm run e2e')
  return JSON.parse(readFileSync(join(root, 'access.json'), 'utf8')) as Access
}

/** Runs a Python tool of the repository, such as `simulator`, and returns what it printed. */
export function runTool(...command: string[]): string {
  return execFileSync(PYTHON, ['-m', ...command], { cwd: REPOSITORY, encoding: 'utf8' })
}

/** Starts a platform for this run, unless E2E_ROOT names one; returns how to end it. */
export default function startPlatform(): () => void {
  if (process.env['E2E_ROOT'] !== undefined) return () => undefined
  const root = mkdtempSync(join(tmpdir(), 'day-trading-e2e-'))
  process.env['E2E_ROOT'] = root
  try {
    runTool('devkit', 'up', '--detach', '--root', root)
  } catch (error) {
    end(root)
    throw error
  }
  return () => end(root)
}

function end(root: string): void {
  try {
    runTool('devkit', 'down', '--root', root)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}
