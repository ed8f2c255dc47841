import { Decimal } from '../numbers/decimal'

/** A document that is not what the contract says it is. */
export class MalformedDocument extends Error {}

export type Fields = Readonly<Record<string, unknown>>

export function record(value: unknown, name: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MalformedDocument(`${name} must be an object`)
  }
  return value as Fields
}

export function text(fields: Fields, name: string): string {
  const value = fields[name]
  if (typeof value !== 'string') throw new MalformedDocument(`${name} must be text`)
  return value
}

export function decimal(fields: Fields, name: string): string {
  const value = text(fields, name)
  if (Decimal.read(value) === null) throw new MalformedDocument(`${name} must be a decimal number`)
  return value
}

export function choice<T extends string>(fields: Fields, name: string, among: readonly T[]): T {
  const value = among.find((each) => each === fields[name])
  if (value === undefined) {
    throw new MalformedDocument(`${name} must be one of ${among.join(', ')}`)
  }
  return value
}

export function optional<T>(
  fields: Fields,
  name: string,
  read: (fields: Fields, name: string) => T,
): T | null {
  return fields[name] === null || fields[name] === undefined ? null : read(fields, name)
}
