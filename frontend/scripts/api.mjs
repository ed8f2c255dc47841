// Writes src/api/generated from the services' OpenAPI documents; with --check it only says whether that is due.
import { readFileSync, writeFileSync } from 'node:fs'
import openapiTS, { astToString } from 'openapi-typescript'
import { format } from 'prettier'

const services = ['auth', 'trading', 'market-data']
const check = process.argv.includes('--check')
let stale = 0

for (const service of services) {
    const source = new URL(`../../contracts/openapi/${service}.json`, import.meta.url)
    const target = new URL(`../src/api/generated/${service}.d.ts`, import.meta.url)
    const text = await format(
        `// Made by npm run api from contracts/openapi/${service}.json.\n\n` +
            astToString(await openapiTS(source)),
        { parser: 'typescript', printWidth: 100, singleQuote: true, semi: false },
    )
    if (!check) {
        writeFileSync(target, text)
    } else if (readOrNothing(target) !== text) {
        stale += 1
        console.error(
            `${service}: the generated types are behind its OpenAPI document; npm run api`,
        )
    }
}
process.exitCode = stale > 0 ? 1 : 0

function readOrNothing(target) {
    try {
        return readFileSync(target, 'utf8')
    } catch {
        return ''
    }
}
