import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { bodyOf } from '@/api/client'
import type { components } from '@/api/generated/trading'
import { ApiProblem, requestIdOf, sentenceOf } from '@/api/problem'
import { Decimal } from '@/core/numbers/decimal'
import { useApi } from '@/shared/api/context'
import { assetsQuery } from '@/shared/api/queries'
import { Button } from '@/shared/ui/Button'
import { Dialog } from '@/shared/ui/Dialog'
import { TextField } from '@/shared/ui/Field'
import { Panel } from '@/shared/ui/Panel'
import { EmptyState, ErrorState, Skeleton } from '@/shared/ui/States'
import { Cell, Column, Table } from '@/shared/ui/Table'
import { useToast } from '@/shared/ui/useToast'
import styles from './admin.module.css'

type Asset = components['schemas']['AssetDocument']

/** What is traded, and the state of each market. */
export function Assets() {
  const api = useApi()
  const { data: assets, error, isPending, refetch } = useQuery(assetsQuery(api))
  const [banded, setBanded] = useState<Asset | null>(null)
  return (
    <Panel title="Listed assets" boxed>
      {isPending ? <Skeleton rows={4} /> : null}
      {error !== null && assets === undefined ? (
        <ErrorState
          requestId={requestIdOf(error)}
          action={<Button onClick={() => void refetch()}>Read the assets again</Button>}
        >
          The assets could not be read. {sentenceOf(error)}.
        </ErrorState>
      ) : null}
      {assets?.length === 0 ? (
        <EmptyState>Nothing is listed yet. List the first asset above.</EmptyState>
      ) : null}
      {assets !== undefined && assets.length > 0 ? (
        <Table caption="Listed assets">
          <thead>
            <tr>
              <Column>Symbol</Column>
              <Column>Name</Column>
              <Column>Class</Column>
              <Column number>Tick</Column>
              <Column number>Lot</Column>
              <Column number>Band</Column>
              <Column>Status</Column>
              <Column>
                <span className="visually-hidden">Act</span>
              </Column>
            </tr>
          </thead>
          <tbody>
            {assets.map((asset) => (
              <tr key={asset.id}>
                <Cell>{asset.symbol}</Cell>
                <Cell>{asset.name}</Cell>
                <Cell>{asset.class === 'crypto' ? 'crypto' : 'equity'}</Cell>
                <Cell number>{asset.price_increment}</Cell>
                <Cell number>{asset.min_trade_increment}</Cell>
                <Cell number>{bandOf(asset)}</Cell>
                <Cell>{statusOf(asset)}</Cell>
                <Cell className={styles['actions']}>
                  <Button
                    kind="quiet"
                    aria-label={`Set the price band of ${asset.symbol}`}
                    onClick={() => setBanded(asset)}
                  >
                    Band
                  </Button>
                  <Phase asset={asset} />
                </Cell>
              </tr>
            ))}
          </tbody>
        </Table>
      ) : null}
      {banded === null ? null : (
        <Band key={banded.symbol} asset={banded} onClose={() => setBanded(null)} />
      )}
    </Panel>
  )
}

function statusOf({ tradable, halted }: Asset): string {
  return halted ? 'halted' : tradable ? 'traded' : 'not traded'
}

function bandOf({ price_band: band }: Asset): string {
  if (band == null) return '–'
  return `±${Decimal.parse(band).times(Decimal.of(100)).trimmed().toString()} %`
}

/** Stops the matching of one market, or lets it go on: open orders stay, suspended meanwhile. */
function Phase({ asset: { symbol, halted } }: { asset: Asset }) {
  const api = useApi()
  const queries = useQueryClient()
  const toast = useToast()
  const change = useMutation({
    mutationFn: async () => {
      const params = { path: { symbol } }
      if (halted) await api.trading.POST('/v1/admin/assets/{symbol}/resume', { params })
      else await api.trading.POST('/v1/admin/assets/{symbol}/halt', { params })
    },
    onSettled: () => queries.invalidateQueries(assetsQuery(api)),
    onSuccess: () => toast(halted ? `${symbol} is matched again.` : `${symbol} is halted.`),
    onError: (problem) => toast(sentenceOf(problem), 'problem'),
  })
  return (
    <Button
      kind="quiet"
      busy={change.isPending}
      aria-label={halted ? `Resume the market of ${symbol}` : `Halt the market of ${symbol}`}
      onClick={() => change.mutate()}
    >
      {halted ? 'Resume' : 'Halt'}
    </Button>
  )
}

/** How far from the last price an order of the asset may be, in percent; empty: however far. */
function Band({
  asset: { symbol, price_band: now },
  onClose,
}: {
  asset: Asset
  onClose: () => void
}) {
  const api = useApi()
  const queries = useQueryClient()
  const toast = useToast()
  const [text, setText] = useState(
    now == null ? '' : Decimal.parse(now).times(Decimal.of(100)).trimmed().toString(),
  )
  const [problem, setProblem] = useState<string | null>(null)
  const change = useMutation({
    mutationFn: (band: string | null) =>
      bodyOf(
        api.trading.PATCH('/v1/admin/assets/{symbol}', {
          params: { path: { symbol } },
          body: { price_band: band },
        }),
      ),
    onSettled: () => queries.invalidateQueries(assetsQuery(api)),
    onSuccess: () => {
      toast(`The price band of ${symbol} is changed.`)
      onClose()
    },
    onError: (error) =>
      setProblem(
        error instanceof ApiProblem
          ? (error.fields['price_band'] ?? sentenceOf(error))
          : sentenceOf(error),
      ),
  })
  const submit = () => {
    const percent = text.trim() === '' ? null : Decimal.read(text.trim())
    const isWrong = percent !== null && (percent.sign <= 0 || percent.compare(Decimal.of(100)) >= 0)
    if ((text.trim() !== '' && percent === null) || isWrong) {
      setProblem('Enter a percentage above 0 and below 100, or nothing for no band.')
      return
    }
    change.mutate(percent?.times(Decimal.of(1, 2)).trimmed().toString() ?? null)
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Price band of ${symbol}`}
      description="Orders further than this from the last price are refused."
      actions={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button kind="primary" busy={change.isPending} onClick={submit}>
            Set the band
          </Button>
        </>
      }
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (!change.isPending) submit()
        }}
      >
        <TextField
          label="Band in %"
          hint="Empty: no band."
          value={text}
          error={problem ?? undefined}
          inputMode="decimal"
          autoComplete="off"
          onChange={(event) => setText(event.target.value)}
        />
      </form>
    </Dialog>
  )
}
