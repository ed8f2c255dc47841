import { Tabs as Base } from '@base-ui/react/tabs'
import type { ReactNode } from 'react'
import styles from './Tabs.module.css'

export interface Tab<Value extends string> {
  value: Value
  label: ReactNode
  content: ReactNode
}

interface Props<Value extends string> {
  /** What the tabs are about, for those who cannot see it. */
  label: string
  tabs: readonly Tab<Value>[]
  value: Value
  onChange: (value: Value) => void
  /** What stands in the tabs' line, at its end. */
  tools?: ReactNode
}

/** Several views in one place; arrows move between them. Only the chosen one is there. */
export function Tabs<Value extends string>({ label, tabs, value, onChange, tools }: Props<Value>) {
  return (
    <Base.Root
      value={value}
      onValueChange={(next: Value) => onChange(next)}
      className={styles['tabs']}
    >
      <div className={styles['header']}>
        <Base.List aria-label={label} className={styles['list']}>
          {tabs.map((tab) => (
            <Base.Tab key={tab.value} value={tab.value} className={styles['tab']}>
              {tab.label}
            </Base.Tab>
          ))}
        </Base.List>
        <div className={styles['tools']}>{tools}</div>
      </div>
      {tabs.map((tab) => (
        <Base.Panel key={tab.value} value={tab.value} className={styles['content']}>
          {tab.content}
        </Base.Panel>
      ))}
    </Base.Root>
  )
}
