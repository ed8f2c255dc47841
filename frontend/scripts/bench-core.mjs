// npm run bench:core: what the core costs, without a browser and without a network. Prints JSON, one figure a line.
import { createServer } from 'vite'

const vite = await createServer({
    configFile: 'vite.config.ts',
    appType: 'custom',
    logLevel: 'error',
    server: { middlewareMode: true, watch: null },
})
try {
    const { benchCore } = await vite.ssrLoadModule('/src/core/market/bench.ts')
    console.log(JSON.stringify(benchCore(), null, 2))
} finally {
    await vite.close()
}
