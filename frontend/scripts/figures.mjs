// Figures about the UI, kept together in .local/bench/ui.json.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'

const folder = new URL('../../.local/bench/', import.meta.url)
const file = new URL('ui.json', folder)

/** Adds `figures` to those that are there. */
export function record(figures) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(file, `${JSON.stringify({ ...known(), ...figures }, null, 2)}\n`)
}

function known() {
    try {
        return JSON.parse(readFileSync(file, 'utf8'))
    } catch {
        return {}
    }
}
