import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))
const PYTHON = join(REPOSITORY, '.venv/bin/python')

/** A whole crowd comes from one address here: what the gateway gives an address is for one household. */
const LIMITS = [
  'RATE_SIGN_IN_PER_MINUTE=6000',
  'RATE_PUBLIC_PER_MINUTE=60000',
  'RATE_UI_PER_MINUTE=60000',
  'STREAMS_PER_ADDRESS=500',
]

/** Where a running platform answers, and its administrator. */
export interface Access {
  gateway: string
  admin: { username: string; password: string }
}

/** The platform that this run uses. */
export function access(): Access {
  return JSON.parse(readFileSync(accessFile(), 'utf8')) as Access
}

function rootOfRun(): string {
  const root = process.env['E2E_ROOT']
  if (root === undefined) throw new Error('E2E_ROOT is set by the global set-up; run npm run e2e')
  return root
}

/** Runs a Python tool of the repository, such as `simulator`, and returns what it printed. */
export function runTool(...command: string[]): string {
  return execFileSync(PYTHON, ['-m', ...command], { cwd: REPOSITORY, encoding: 'utf8' })
}

/** The same beside the test, which goes on meanwhile. */
export function startTool(...command: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(PYTHON, ['-m', ...command], { cwd: REPOSITORY }, (error, output, complaint) => {
      if (error === null) resolve(output)
      else reject(new Error(`${command.join(' ')}: ${complaint || error.message}`))
    })
  })
}

/** For tools that find the platform by its access file. */
export function accessFile(): string {
  return join(rootOfRun(), 'access.json')
}

/** Starts a platform for this run, unless E2E_ROOT names one; returns how to end it. */
export default function startPlatform(): () => void {
  if (process.env['E2E_ROOT'] !== undefined) return () => undefined
  const root = mkdtempSync(join(tmpdir(), 'day-trading-e2e-'))
  process.env['E2E_ROOT'] = root
  try {
    const limits = LIMITS.flatMap((limit) => ['--service-env', `gateway:${limit}`])
    runTool('devkit', 'up', '--detach', '--root', root, ...limits)
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
