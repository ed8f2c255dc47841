import { Combobox } from '@base-ui/react/combobox'
import { useRef, useState } from 'react'
import type { Instrument } from '@/core/numbers/instrument'
import { useHotkey } from '@/shared/keys/context'
import styles from './SymbolSearch.module.css'
import { SymbolRow } from './SymbolRow'

interface Props {
  instruments: readonly Instrument[]
  /** The symbol that is looked at. */
  chosen: string | null
  onChoose: (symbol: string) => void
}

/** Every symbol with its last price and change, narrowed down by typing; choosing one changes the whole desk. */
export function SymbolSearch({ instruments, chosen, onChoose }: Props) {
  const [typed, setTyped] = useState('')
  const [open, setOpen] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  useHotkey({
    key: '/',
    does: 'Search for a symbol',
    group: 'General',
    run: () => {
      input.current?.focus()
      setOpen(true)
    },
  })
  return (
    <Combobox.Root
      items={instruments}
      value={null}
      inputValue={typed}
      autoHighlight
      itemToStringLabel={(instrument: Instrument) => instrument.symbol}
      filter={matches}
      onInputValueChange={setTyped}
      open={open}
      onOpenChange={(next) => {
        setOpen(next)
        if (!next) setTyped('')
      }}
      onValueChange={(instrument: Instrument | null) => {
        if (instrument === null) return
        setTyped('')
        input.current?.blur()
        onChoose(instrument.symbol)
      }}
    >
      <Combobox.Input
        ref={input}
        className={styles['input']}
        aria-label="Search symbols"
        aria-keyshortcuts="/"
        placeholder="Search  /"
      />
      <Combobox.Portal>
        <Combobox.Positioner align="start" sideOffset={4} className={styles['positioner']}>
          <Combobox.Popup className={styles['popup']}>
            <Combobox.Empty>
              <p className={styles['empty']}>
                {instruments.length === 0
                  ? 'Nothing is listed yet. An administrator lists the first asset.'
                  : `No symbol or name holds “${typed}”.`}
              </p>
            </Combobox.Empty>
            <Combobox.List className={styles['list']} aria-label="Symbols">
              {(instrument: Instrument) => (
                <Combobox.Item
                  key={instrument.symbol}
                  value={instrument}
                  className={styles['item']}
                >
                  <SymbolRow instrument={instrument} isChosen={instrument.symbol === chosen} />
                </Combobox.Item>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  )
}

function matches(instrument: Instrument, query: string): boolean {
  const sought = query.trim().toLowerCase()
  return (
    instrument.symbol.toLowerCase().includes(sought) ||
    instrument.name.toLowerCase().includes(sought)
  )
}
