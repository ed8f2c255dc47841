import type { ComponentProps } from 'react'
import styles from './Button.module.css'
import { classes } from './classes'

export type ButtonKind = 'plain' | 'primary' | 'buy' | 'sell' | 'quiet' | 'danger'

interface Props extends ComponentProps<'button'> {
  kind?: ButtonKind
  /** What it does is under way: it stays in place and focus, but does nothing more. */
  busy?: boolean
}

/** A verb. It says the whole act ("Buy 100 ACME at 101.25"). */
export function Button({
  kind = 'plain',
  busy = false,
  className,
  type = 'button',
  ...rest
}: Props) {
  return (
    <button
      {...rest}
      type={type}
      aria-busy={busy || undefined}
      aria-disabled={busy || rest.disabled || undefined}
      onClick={busy ? (event) => event.preventDefault() : rest.onClick}
      className={classes(styles['button'], styles[kind], className)}
    />
  )
}
