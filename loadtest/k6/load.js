// The load plans for k6: which journeys arrive how often, and what must hold. The shapes are in ../plans.json.
//
//   ADMIN_USERNAME=... ADMIN_PASSWORD=... k6 run -e PLAN=spike -e ADDRESS=http://127.0.0.1:8080 loadtest/k6/load.js
//
// `make load-k6` does that, and starts a platform where none runs. RATE, SECONDS and USERS replace the plan's own.
import { newcomer, trader } from './journeys.js'
import { populate } from './population.js'

export { newcomer, trader }

const PLAN = JSON.parse(open('../plans.json'))[__ENV.PLAN || 'smoke']
const RATE = Number(__ENV.RATE || PLAN.rate) // journeys of traders a second
const SECONDS = Number(__ENV.SECONDS || PLAN.seconds)
const USERS = Number(__ENV.USERS || PLAN.users)
const SYMBOLS = 4
// Journeys that may be under way at once; more are not started, and are counted (dropped_iterations).
const MOST_AT_ONCE = 200
const LIMITS = { p95_ms: 'p(95)', p99_ms: 'p(99)' }

export const options = {
  scenarios: scenarios(),
  thresholds: thresholds(),
  setupTimeout: '10m',
  teardownTimeout: '1m',
  summaryTrendStats: ['avg', 'min', 'med', 'p(95)', 'p(99)', 'max', 'count'],
  userAgent: 'day-trading-load/k6',
}

export function setup() {
  return populate(USERS, SYMBOLS)
}

export function handleSummary(data) {
  delete data.setup_data // it holds API keys
  const phases = spans().map(({ name, rate, start, seconds }) => ({ name, rate, start, seconds }))
  const told = { plan: __ENV.PLAN || 'smoke', rate: RATE, seconds: SECONDS, users: USERS, phases, metrics: data.metrics }
  return { [__ENV.SUMMARY || 'summary.json']: JSON.stringify(told, null, 1) }
}

/** The plan's phases with their own rate (journeys a second), start and length (seconds). */
function spans() {
  const parts = PLAN.phases.reduce((sum, phase) => sum + phase.time, 0)
  let start = 0
  return PLAN.phases.map((phase) => {
    const seconds = (SECONDS * phase.time) / parts
    const span = { phase, name: phase.name, rate: RATE * phase.rate, start, seconds }
    start += seconds
    return span
  })
}

function scenarios() {
  const all = {}
  for (const { name, rate, start, seconds } of spans()) {
    const atOnce = Math.ceil(Math.min(MOST_AT_ONCE, Math.max(20, 10 * rate)))
    all[name] = {
      executor: 'constant-arrival-rate',
      exec: 'trader',
      // A whole number an hour: rates below one a second, too.
      rate: Math.max(1, Math.round(rate * 3600)),
      timeUnit: '1h',
      startTime: `${start}s`,
      duration: `${seconds}s`,
      preAllocatedVUs: Math.ceil(atOnce / 2),
      maxVUs: atOnce,
      gracefulStop: '10s',
    }
  }
  all.newcomers = {
    executor: 'constant-arrival-rate',
    exec: 'newcomer',
    rate: PLAN.newcomers_per_minute,
    timeUnit: '1m',
    duration: `${SECONDS}s`,
    preAllocatedVUs: 2,
    maxVUs: 4,
    gracefulStop: '10s',
  }
  return all
}

function thresholds() {
  // Whatever the plan: a platform that is broken is not loaded until the end.
  const all = {
    checks: [{ threshold: 'rate>0.5', abortOnFail: true, delayAbortEval: '10s' }],
  }
  for (const { phase, name } of spans()) {
    // Those that always hold are there because a metric is told by phase only when a threshold asks for it.
    const served = (all[`http_req_duration{scenario:${name}}`] = ['p(99)>=0'])
    const failed = (all[`http_req_failed{scenario:${name}}`] = ['rate<=1'])
    const checked = (all[`checks{scenario:${name}}`] = ['rate>=0'])
    all[`iterations{scenario:${name}}`] = ['count>=0']
    all[`dropped_iterations{scenario:${name}}`] = ['count>=0']
    for (const [limit, value] of Object.entries(LIMITS)) {
      if (phase[limit] !== undefined) {
        served.push(`${value}<=${phase[limit]}`)
      }
    }
    if (phase.failed !== undefined) {
      failed.push(`rate<=${phase.failed}`)
      checked.push(`rate>=${1 - phase.failed}`)
      all[`dropped_iterations{scenario:${name}}`].push('count<=0')
    }
  }
  // Newcomers wait where signing in is limited, so only failures count.
  all['http_req_failed{scenario:newcomers}'] = ['rate<=0.01']
  all['checks{scenario:newcomers}'] = ['rate>=0.99']
  const names = ['quote', 'order', 'market order', 'read order', 'cancel', 'account', 'positions', 'register', 'log in', 'fund']
  for (const name of names) {
    all[`http_req_duration{name:${name}}`] = ['p(99)>=0']
    all[`http_req_failed{name:${name}}`] = ['rate<=1']
  }
  return all
}
