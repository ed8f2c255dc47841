// Which tests hold which acceptance criteria; fails when one is held by none, or when a test names one that is not.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { record } from './figures.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const number = /AC-[A-Z0-9]+-\d+/g
const title =
    /\b(?:test|it|describe)(?:\.\w+)*\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g

const written = readFileSync(`${root}/docs/acceptance.md`, 'utf8')
const criteria = [...written.matchAll(/^- \*\*(AC-[A-Z0-9]+-\d+)\*\*/gm)].map((match) => match[1])
const held = new Map(criteria.map((criterion) => [criterion, []]))
const strangers = []

for (const folder of ['src', 'e2e']) {
    for (const file of readdirSync(`${root}/${folder}`, { recursive: true })) {
        if (!/\.(test|spec)\.tsx?$/.test(file)) continue
        const text = readFileSync(`${root}/${folder}/${file}`, 'utf8')
        for (const [, single, double, template] of text.matchAll(title)) {
            const name = single ?? double ?? template
            for (const [criterion] of name.matchAll(number)) {
                const tests = held.get(criterion)
                if (tests === undefined) strangers.push(`${criterion} (${folder}/${file})`)
                else tests.push(`${folder}/${file}: ${name}`)
            }
        }
    }
}

const untested = criteria.filter((criterion) => held.get(criterion).length === 0)
const tests = [...held.values()].flat().length
record({ criteria: criteria.length, criteria_untested: untested.length, criteria_tests: tests })
if (process.argv.includes('--list')) {
    for (const [criterion, names] of held) {
        console.log(criterion)
        for (const name of names) console.log(`  ${name}`)
    }
}
console.log(`${criteria.length} acceptance criteria, ${tests} tests that name one`)
for (const criterion of untested) console.error(`${criterion}: no test names it`)
for (const stranger of strangers) console.error(`${stranger}: not in docs/acceptance.md`)
process.exitCode = untested.length + strangers.length > 0 ? 1 : 0
