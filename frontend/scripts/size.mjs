// What a first visit loads: everything that the built index.html names, compressed. Fails above the budget.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { record } from './figures.mjs'

const BUDGET_KB = 250
const dist = fileURLToPath(new URL('../dist/', import.meta.url))
const page = readFileSync(`${dist}index.html`)
const named = [...page.toString().matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css|svg|woff2))"/g)]

const files = [...new Set(['/index.html', ...named.map((match) => match[1])])]
const sizes = files.map((file) => gzipSync(readFileSync(dist + file.slice(1)), { level: 9 }).length)
const total = Math.round(sizes.reduce((sum, size) => sum + size, 0) / 100) / 10
files.forEach((file, at) => console.log(`${(sizes[at] / 1000).toFixed(1).padStart(8)} kB  ${file}`))
console.log(`${total.toFixed(1).padStart(8)} kB  gzip, of ${BUDGET_KB}`)
record({ first_load_kb_gzip: total })
process.exitCode = total > BUDGET_KB ? 1 : 0
