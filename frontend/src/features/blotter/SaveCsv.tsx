import { useEffect, useRef, useState } from 'react'
import { sentenceOf } from '@/api/problem'
import { saveFile } from '@/shared/files/saveFile'
import { Button } from '@/shared/ui/Button'
import styles from './Blotter.module.css'
import type { BlotterColumn } from './columns'
import { csvOf } from './csv'

const noop = () => undefined

interface Props<Row> {
  name: string
  columns: readonly BlotterColumn<Row>[]
  /** The rows in the order in which they are shown. */
  rows: () => readonly Row[]
  loadAll?: (() => Promise<void>) | undefined
}

/** Saves the whole list, not only the pages that were looked at. */
export function SaveCsv<Row>({ name, columns, rows, loadAll }: Props<Row>) {
  const [phase, setPhase] = useState<'idle' | 'loading' | 'loaded'>('idle')
  const [problem, setProblem] = useState<string | null>(null)
  const save = useRef<() => void>(noop)
  useEffect(() => {
    save.current = () =>
      saveFile(`${name.toLowerCase().replaceAll(' ', '-')}.csv`, csvOf(columns, rows()))
  })
  // What was loaded is in the table one render later.
  useEffect(() => {
    if (phase === 'loaded') save.current()
  }, [phase])
  const start = async () => {
    setProblem(null)
    setPhase('loading')
    try {
      await loadAll?.()
      setPhase('loaded')
    } catch (error) {
      setProblem(sentenceOf(error))
      setPhase('idle')
    }
  }
  return (
    <>
      {problem === null ? null : (
        <span role="alert" className={styles['problem']}>
          {problem}
        </span>
      )}
      <Button
        kind="quiet"
        busy={phase === 'loading'}
        aria-label={`Save ${name.toLowerCase()} as CSV`}
        onClick={() => {
          if (phase === 'loaded') setPhase('idle')
          void start()
        }}
      >
        CSV
      </Button>
    </>
  )
}
