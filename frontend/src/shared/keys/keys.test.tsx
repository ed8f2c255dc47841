import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { useEffect } from 'react'
import { describe, expect, it, vi } from 'vitest'
import { KeysContext, useHotkey, useHotkeys } from './context'
import { createKeys, type Keys } from './registry'

function Page({ keys, buy, search }: { keys: Keys; buy: () => void; search: () => void }) {
  useEffect(() => {
    const handle = (event: KeyboardEvent) => keys.handle(event)
    document.addEventListener('keydown', handle)
    return () => document.removeEventListener('keydown', handle)
  }, [keys])
  return (
    <KeysContext value={keys}>
      <Meanings buy={buy} search={search} />
    </KeysContext>
  )
}

function Meanings({ buy, search }: { buy: () => void; search: () => void }) {
  useHotkey({ key: 'b', does: 'Buy', group: 'Trading', run: buy })
  useHotkey({ key: '/', does: 'Search', group: 'General', run: search })
  return (
    <>
      <input aria-label="Quantity" />
      <div role="dialog">
        <button>Inside</button>
      </div>
      <p>{useHotkeys().map(({ does }) => does)}</p>
    </>
  )
}

function setUp(tradingEnabled: boolean) {
  const [buy, search] = [vi.fn(), vi.fn()]
  const view = render(<Page keys={createKeys(() => tradingEnabled)} buy={buy} search={search} />)
  return { buy, search, user: userEvent.setup(), ...view }
}

describe('hotkeys', () => {
  it('act on the page, and are listed', async () => {
    const { search, user } = setUp(false)
    await user.keyboard('/')
    expect(search).toHaveBeenCalledOnce()
    expect(screen.getByText('BuySearch')).toBeInTheDocument()
  })

  it('do not touch orders until they are switched on', async () => {
    const off = setUp(false)
    await off.user.keyboard('b')
    expect(off.buy).not.toHaveBeenCalled()
    off.unmount()
    const on = setUp(true)
    await on.user.keyboard('b')
    expect(on.buy).toHaveBeenCalledOnce()
  })

  it('leave typing, dialogs and combinations alone', async () => {
    const { buy, search, user } = setUp(true)
    await user.type(screen.getByLabelText('Quantity'), 'b/')
    await user.click(screen.getByRole('button', { name: 'Inside' }))
    await user.keyboard('b{Control>}b{/Control}')
    expect(buy).not.toHaveBeenCalled()
    expect(search).not.toHaveBeenCalled()
  })

  it('end with whoever gave them their meaning', async () => {
    const { buy, user, unmount } = setUp(true)
    unmount()
    await user.keyboard('b')
    expect(buy).not.toHaveBeenCalled()
  })
})
