import { act, render } from '@testing-library/react'
import type { ReactNode } from 'react'
import { type ManualMarket, manualMarket } from '@/core/market/manual'
import { MarketProvider } from './MarketProvider'

/** Renders below a market whose server and frames the test plays. */
export function renderWithMarket(children: ReactNode) {
  const client: ManualMarket = manualMarket()
  const page = render(<MarketProvider market={client.market}>{children}</MarketProvider>)
  return {
    client,
    ...page,
    /** One frame of messages from the server, without painting. */
    tell: (...messages: object[]) => act(() => client.server.tell(...messages)),
    paint: () => act(() => client.frames.paint()),
    /** Messages and the frame that shows them. */
    show: (...messages: object[]) =>
      act(() => {
        client.server.tell(...messages)
        client.frames.paint()
      }),
    /** Looks at a symbol on an open, live connection. */
    begin: (symbol = 'ACME') =>
      act(() => {
        client.market.watch(symbol)
        if (client.state.connection.phase !== 'open') client.server.accept()
        client.server.tell({ type: 'heartbeat', sequence: 1, time_us: 1, live: true })
        client.frames.paint()
      }),
  }
}
