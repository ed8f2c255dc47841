// Requests to the platform: each says what it expects, and is named, so that ids in paths make no new row.
import http from 'k6/http'
import { check, sleep } from 'k6'

export const ADDRESS = (__ENV.ADDRESS || 'http://127.0.0.1:8080').replace(/\/$/, '')
const TIMEOUT = '10s'

/** One request. `good` lists the statuses that are an answer rather than a failure, `body` looks at what came back. */
export function ask(name, method, path, { headers = {}, json = null, good = [200], body = null, tags = {} } = {}) {
  const answer = http.request(method, ADDRESS + path, json === null ? null : JSON.stringify(json), {
    headers: json === null ? headers : { ...headers, 'Content-Type': 'application/json' },
    responseCallback: http.expectedStatuses(...good),
    tags: { name, ...tags },
    timeout: TIMEOUT,
  })
  const expected = good.includes(answer.status)
  const checks = { [`${name}: status`]: () => expected }
  if (body !== null && answer.status === good[0]) {
    checks[`${name}: body`] = () => body(answer.status === 204 ? null : answer.json())
  }
  return { ok: check(answer, checks), status: answer.status, answer }
}

/** The same until it is answered as wanted; for what has to be done before there can be any load. */
export function insist(name, method, path, options = {}) {
  const good = options.good || [200, 201]
  for (let attempt = 0; attempt < 60; attempt++) {
    const got = ask(name, method, path, { ...options, good: [...good, 429, 503] })
    if (good.includes(got.status)) {
      return got.answer.body === '' ? null : got.answer.json()
    }
    if (![0, 429, 503].includes(got.status)) {
      throw new Error(`${method} ${path} is answered ${got.status}: ${got.answer.body}`)
    }
    sleep(Number(got.answer.headers['Retry-After'] || 1))
  }
  throw new Error(`${method} ${path} was not done after 60 tries`)
}

export const bearer = (token) => ({ Authorization: `Bearer ${token}` })
export const keyed = (key) => ({ 'APCA-API-KEY-ID': key.id, 'APCA-API-SECRET-KEY': key.secret })

/** Letters that nobody has used: names of a run's symbols and users. */
export function letters(count) {
  let text = ''
  while (text.length < count) {
    text += 'ABCDEFGHJKLMNPQRSTUVWXYZ'[Math.floor(Math.random() * 24)]
  }
  return text
}
