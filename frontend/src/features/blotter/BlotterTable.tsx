import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { Fragment, type ReactNode, use, useMemo } from 'react'
import { createPortal } from 'react-dom'
import { classes } from '@/shared/ui/classes'
import styles from './Blotter.module.css'
import { type BlotterColumn, compareValues, longestFraction, padding } from './columns'
import { SaveCsv } from './SaveCsv'
import { ToolsPlace } from './tools'

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() })

interface Props<Row extends { readonly id: string }> {
  /** What the table holds; also the file's name. */
  caption: string
  columns: readonly BlotterColumn<Row>[]
  rows: readonly Row[]
  /** What can be done with a row: stands at its end, and not in the file. */
  actions?: (row: Row) => ReactNode
  /** What belongs under a row and moves with it. */
  childrenOf?: (row: Row) => readonly Row[]
  /** Stands under a row, over the whole width. */
  below?: (row: Row) => ReactNode
  /** Says what is to be said about a row as a whole, in its last cell. */
  note?: (row: Row) => ReactNode
  /** Fetches what is not loaded yet before the file is made. */
  loadAll?: (() => Promise<void>) | undefined
  footer?: ReactNode
}

/** Rows of figures: sorted by the head of a column, cards where there is no room for a table. */
export function BlotterTable<Row extends { readonly id: string }>({
  caption,
  columns,
  rows,
  actions,
  childrenOf,
  below,
  note,
  loadAll,
  footer,
}: Props<Row>) {
  const helper = useMemo(() => createColumnHelper<typeof features, Row>(), [])
  const definitions = useMemo(
    () =>
      helper.columns(
        columns.map((column) =>
          helper.accessor((row) => column.value(row), {
            id: column.id,
            header: column.header,
            sortFn: (a, b) =>
              compareValues(column.kind, column.value(a.original), column.value(b.original)),
          }),
        ),
      ),
    [columns, helper],
  )
  const data = useMemo(() => [...rows], [rows])
  const table = useTable({
    features,
    columns: definitions,
    data,
    getRowId: (row) => row.id,
    sortDescFirst: false,
  })
  const sorted = withChildren(
    table.getRowModel().rows.map((row) => row.original),
    childrenOf,
  )
  const cells = sorted.map(({ row }) => columns.map((column) => column.cell(row)))
  const decimals = columns.map((column, at) =>
    column.kind === 'number' ? longestFraction(cells.map((row) => row[at])) : 0,
  )
  const place = use(ToolsPlace)

  return (
    // What can be scrolled can be reached by keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles['scroll']} role="region" aria-label={caption} tabIndex={0}>
      <table className={styles['table']}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => {
              const order = table.getColumn(column.id)?.getIsSorted() ?? false
              return (
                <th
                  key={column.id}
                  scope="col"
                  aria-sort={
                    order === 'asc' ? 'ascending' : order === 'desc' ? 'descending' : undefined
                  }
                  className={classes(column.kind === 'number' && styles['number'])}
                >
                  <button
                    type="button"
                    className={styles['sort']}
                    onClick={() => table.getColumn(column.id)?.toggleSorting()}
                  >
                    {column.header}
                    <span aria-hidden="true" className={styles['arrow']}>
                      {order === 'asc' ? '↑' : order === 'desc' ? '↓' : ''}
                    </span>
                  </button>
                </th>
              )
            })}
            {actions === undefined ? null : (
              <th scope="col">
                <span className="visually-hidden">Act</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {sorted.map(({ row, depth }, index) => (
            <Fragment key={row.id}>
              <tr data-depth={depth}>
                {columns.map((column, at) => (
                  <td
                    key={column.id}
                    data-label={column.header}
                    className={classes(column.kind === 'number' && styles['number'])}
                  >
                    <Value decimals={decimals[at] ?? 0}>{cells[index]?.[at]}</Value>
                    {at === columns.length - 1 ? note?.(row) : null}
                  </td>
                ))}
                {actions === undefined ? null : (
                  <td className={styles['actions']}>{actions(row)}</td>
                )}
              </tr>
              <Below columns={columns.length + (actions === undefined ? 0 : 1)}>
                {below?.(row)}
              </Below>
            </Fragment>
          ))}
        </tbody>
      </table>
      {footer}
      {place === null
        ? null
        : createPortal(
            <SaveCsv
              name={caption}
              columns={columns}
              rows={() => sorted.map(({ row }) => row)}
              loadAll={loadAll}
            />,
            place,
          )}
    </div>
  )
}

interface Placed<Row> {
  readonly row: Row
  /** How many rows it belongs under. */
  readonly depth: number
}

function withChildren<Row>(
  rows: readonly Row[],
  childrenOf: ((row: Row) => readonly Row[]) | undefined,
  depth = 0,
): readonly Placed<Row>[] {
  return rows.flatMap((row) => [
    { row, depth },
    ...withChildren(childrenOf?.(row) ?? [], childrenOf, depth + 1),
  ])
}

function Below({ columns, children }: { columns: number; children: ReactNode }) {
  if (children === undefined || children === null) return null
  return (
    <tr className={styles['below']}>
      <td colSpan={columns}>{children}</td>
    </tr>
  )
}

function Value({ decimals, children }: { decimals: number; children: ReactNode }) {
  if (typeof children !== 'string' || decimals === 0) return children
  const pad = padding(children, decimals)
  return (
    <>
      {children}
      {pad === '' ? null : (
        <span aria-hidden="true" className={styles['pad']}>
          {pad}
        </span>
      )}
    </>
  )
}
