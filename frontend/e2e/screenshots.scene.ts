import { accessFile, startTool } from './platform.ts'
import { test } from './fixtures.ts'

const SEED = '11'
const where = ['--seed', SEED, '--access', accessFile()]

test('a market with a past', async () => {
  test.setTimeout(300_000)
  await startTool('simulator', 'scene', '--steps', '600', ...where)
  // Candles take their time: some minutes' worth of one-second ones.
  await startTool(
    ...[
      'simulator',
      'run',
      '--symbols',
      'ACME',
      '--rate',
      '30',
      '--duration',
      '100',
      '--port',
      '0',
    ],
    ...where,
  )
  await startTool('simulator', 'scene', '--symbols', 'ACME', '--steps', '100', ...where)
})
