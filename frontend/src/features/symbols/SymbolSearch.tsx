import { Combobox } from '@base-ui/react/combobox'
import { type RefObject, useState } from 'react'
import type { Instrument } from '@/core/numbers/instrument'
import styles from './SymbolSearch.module.css'
import { SymbolRow } from './SymbolRow'

interface Props {
  instruments: readonly Instrument[]
  /** The symbol that is looked at. */
  chosen: string | null
  onChoose: (symbol: string) => void
  /** So that a key can bring the focus here. */
  input?: RefObject<HTMLInputElement | null>
}

/** Every symbol with its last price and change, narrowed down by typing; choosing one changes the whole desk. */
export function SymbolSearch({ instruments, chosen, onChoose, input }: Props) {
  const [typed, setTyped] = useState('')
  return (
    <Combobox.Root
      items={instruments}
      value={null}
      inputValue={typed}
      autoHighlight
      itemToStringLabel={(instrument: Instrument) => instrument.symbol}
      filter={matches}
      onInputValueChange={setTyped}
      onOpenChange={(open) => {
        if (!open) setTyped('')
      }}
      onValueChange={(instrument: Instrument | null) => {
        if (instrument === null) return
        setTyped('')
        input?.current?.blur()
        onChoose(instrument.symbol)
      }}
    >
      <Combobox.Input
        ref={input}
        className={styles['input']}
        aria-label="Search symbols"
        aria-keyshortcuts="/"
        placeholder="Search  /"
        spellCheck={false}
        autoCapitalize="characters"
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
