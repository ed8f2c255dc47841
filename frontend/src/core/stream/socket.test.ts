import { describe, expect, it } from 'vitest'
import { ManualTime } from '../time/manual'
import { ManualSocket } from './manual'
import { ReconnectingSocket, type SocketOptions, type SocketPhase } from './socket'

function scene(options: Partial<SocketOptions> = {}) {
  const time = new ManualTime()
  const sockets: ManualSocket[] = []
  const heard: string[] = []
  const phases: SocketPhase[] = []
  let wake: () => void = () => undefined
  const socket = new ReconnectingSocket({
    address: () => 'ws://test',
    onMessage: (text) => heard.push(text),
    onPhase: (phase) => phases.push(phase),
    openSocket: (address) => {
      const opened = new ManualSocket(address)
      sockets.push(opened)
      return opened
    },
    clock: time,
    timers: time,
    random: () => 1,
    wake: (listener) => {
      wake = listener
      return () => (wake = () => undefined)
    },
    ...options,
  })
  const last = () => {
    const socket = sockets.at(-1)
    if (socket === undefined) throw new Error('nobody connected')
    return socket
  }
  /** Waits for the next attempt; answers how long that took. */
  const nextAttempt = () => {
    const before = sockets.length
    let waited = 0
    for (; sockets.length === before; waited += 100) time.advance(100)
    return waited
  }
  return { time, sockets, heard, phases, socket, last, nextAttempt, wake: () => wake() }
}

describe('ReconnectingSocket', () => {
  it('waits longer after each failure, up to a bound, each wait jittered from nothing', () => {
    const { socket, last, nextAttempt } = scene()
    socket.start()
    const waits: number[] = []
    for (let failure = 0; failure < 8; failure += 1) {
      last().drop()
      waits.push(nextAttempt())
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 15000, 15000, 15000])

    const eager = scene({ random: () => 0 })
    eager.socket.start()
    eager.last().drop()
    eager.time.advance(0)
    expect(eager.sockets).toHaveLength(2)
  })

  it('starts with short waits again after a connection that lasted', () => {
    const { time, socket, last, nextAttempt } = scene({ silenceMs: null })
    socket.start()
    for (let failure = 0; failure < 4; failure += 1) {
      last().drop()
      nextAttempt()
    }
    last().accept()
    time.advance(5_000)
    last().drop()
    expect(nextAttempt()).toBe(500)
  })

  it('does not hammer a server that accepts and closes at once', () => {
    const { time, socket, sockets, last } = scene()
    socket.start()
    for (let second = 0; second < 60; second += 1) {
      if (!last().closed) {
        last().accept()
        last().drop(1013, 'try again later')
      }
      time.advance(1_000)
    }
    expect(sockets.length).toBeLessThan(10)
  })

  it('gives up an attempt that is not answered', () => {
    const { time, socket, last } = scene()
    socket.start()
    const first = last()
    time.advance(10_000)
    expect(socket.phase).toBe('waiting')
    expect(first.closed).toBe(true)
  })

  it('hears nothing more of a connection that it gave up', () => {
    const { time, socket, sockets, heard } = scene()
    socket.start()
    sockets[0]?.accept()
    time.advance(5_000)
    expect(socket.phase).toBe('waiting')
    sockets[0]?.deliver('late')
    time.advance(500)
    sockets[1]?.accept()
    sockets[1]?.deliver('new')
    expect(heard).toEqual(['new'])
    expect(socket.phase).toBe('open')
  })

  it('stays as long as something is heard', () => {
    const { time, socket, last } = scene()
    socket.start()
    last().accept()
    for (let beat = 0; beat < 10; beat += 1) {
      time.advance(4_999)
      last().deliver('beat')
    }
    expect(socket.phase).toBe('open')
  })

  it('fetches an address for every attempt, and a refusal counts as a failure', async () => {
    let asked = 0
    const { time, socket, sockets } = scene({
      address: () => {
        asked += 1
        return asked === 1 ? Promise.reject(new Error('401')) : Promise.resolve(`ws://t?${asked}`)
      },
    })
    socket.start()
    await Promise.resolve()
    await Promise.resolve()
    expect(socket.phase).toBe('waiting')
    time.advance(500)
    await Promise.resolve()
    expect(sockets.map(({ address }) => address)).toEqual(['ws://t?2'])
  })

  it('does not connect with an address that came after it was closed', async () => {
    const { socket, sockets } = scene({ address: () => Promise.resolve('ws://late') })
    socket.start()
    socket.close()
    await Promise.resolve()
    expect(sockets).toEqual([])
    expect(socket.phase).toBe('closed')
  })

  it('tries at once when it is woken during a wait, and when it slept through the silence', () => {
    const { time, socket, sockets, last, wake } = scene()
    socket.start()
    last().drop()
    wake()
    expect(sockets).toHaveLength(2)
    last().accept()
    wake()
    expect(sockets).toHaveLength(2)
    socket.close()
    wake()
    expect(sockets).toHaveLength(2)
    expect(time.waiting).toBe(0)
  })

  it('does not keep what could not be sent', () => {
    const { socket, last } = scene()
    socket.start()
    expect(socket.send('lost')).toBe(false)
    last().accept()
    expect(socket.send('kept')).toBe(true)
    expect(last().sent).toEqual(['kept'])
  })

  it('tells the median of the last five round trips', () => {
    const { time, socket, last } = scene({ pingText: (id) => String(id), silenceMs: null })
    socket.start()
    last().accept()
    for (const roundTrip of [500, 10, 30, 20, 40, 25]) {
      const id = Number(last().sent.at(-1))
      time.advance(roundTrip)
      socket.pong(id)
      socket.pong(id)
      time.advance(5_000 - roundTrip)
    }
    expect(socket.latencyMs).toBe(25)
  })
})
