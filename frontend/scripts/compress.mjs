// Puts a .br and a .gz beside each text file of dist, so that whoever serves them compresses nothing itself.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'

const dist = fileURLToPath(new URL('../dist/', import.meta.url))

for (const file of readdirSync(dist, { recursive: true })) {
    if (!/\.(html|js|css|svg)$/.test(file)) continue
    const content = readFileSync(dist + file)
    writeFileSync(`${dist}${file}.br`, brotliCompressSync(content))
    writeFileSync(`${dist}${file}.gz`, gzipSync(content, { level: 9 }))
}
