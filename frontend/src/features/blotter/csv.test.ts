import { describe, expect, it } from 'vitest'
import { type BlotterColumn, compareValues, padding } from './columns'
import { csvOf } from './csv'

const COLUMNS: readonly BlotterColumn<string | null>[] = [
  { id: 'a', header: 'A, "b"', kind: 'text', cell: (row) => row, value: (row) => row },
]
const line = (value: string | null) => csvOf(COLUMNS, [value]).split('\r\n')[1]

describe('AC-BLT-5 a file of what a tab shows', () => {
  it('is quoted as RFC 4180 says', () => {
    expect(csvOf(COLUMNS, ['x', null])).toBe('"A, ""b"""\r\nx\r\n\r\n')
    expect(csvOf(COLUMNS, ['two\nlines'])).toContain('"two\nlines"')
  })

  it('runs nothing in a spreadsheet, and leaves negative numbers alone', () => {
    expect(line('=1+1')).toBe("'=1+1")
    expect(line('@SUM(A1)')).toBe("'@SUM(A1)")
    expect(line('-2+3')).toBe("'-2+3")
    expect(line('-12.50')).toBe('-12.50')
  })
})

describe('columns', () => {
  it('sort numbers exactly, and what is nothing last', () => {
    const values = ['9', null, '10', '9.000000000000000001']
    expect([...values].sort((a, b) => compareValues('number', a, b))).toEqual([
      '9',
      '9.000000000000000001',
      '10',
      null,
    ])
  })

  it('keep decimal points under each other', () => {
    expect([padding('5', 2), padding('5.1', 2), padding('5.12', 2)]).toEqual(['.00', '0', ''])
  })
})
