import { useState } from 'react'
import { Button } from '@/shared/ui/Button'
import { Dialog } from '@/shared/ui/Dialog'
import styles from './apiKeys.module.css'
import type { ApiKeyWithSecret } from './queries'

/** Shows a new key's secret, this once. It closes by its own button only. */
export function SecretDialog({
  created,
  onClose,
}: {
  created: ApiKeyWithSecret | null
  onClose: () => void
}) {
  return (
    <Dialog
      insistent
      open={created !== null}
      onClose={onClose}
      title="Keep the secret now"
      description="It is shown this once and cannot be read again. Whoever has it can act as you: keep it where you keep passwords."
      actions={
        <Button kind="primary" onClick={onClose}>
          I have kept the secret
        </Button>
      }
    >
      {created === null ? null : (
        <>
          <Copied name="Key id" text={created.key_id} />
          <Copied name="Secret" text={created.secret} />
        </>
      )}
    </Dialog>
  )
}

function Copied({ name, text }: { name: string; text: string }) {
  const [said, setSaid] = useState('')
  const copy = () => {
    // Without a secure context there is no clipboard; the text can be marked with one click then.
    const byHand = () => setSaid('Mark it and copy it by hand')
    if ('clipboard' in navigator) {
      navigator.clipboard.writeText(text).then(() => setSaid('Copied'), byHand)
    } else {
      byHand()
    }
  }
  return (
    <div className={styles['secret']}>
      <span className={styles['secretName']}>{name}</span>
      <code data-testid={name === 'Secret' ? 'api-key-secret' : 'api-key-id'}>{text}</code>
      <Button onClick={copy} aria-label={`Copy ${name.toLowerCase()}`}>
        Copy
      </Button>
      <span role="status" className={styles['said']}>
        {said}
      </span>
    </div>
  )
}
