import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ApiProblem, sentenceOf } from '@/api/problem'
import { useApi } from '@/shared/api/context'
import { Button } from '@/shared/ui/Button'
import { Dialog } from '@/shared/ui/Dialog'
import { useToast } from '@/shared/ui/useToast'
import styles from './apiKeys.module.css'
import { type ApiKey, apiKeysQuery } from './queries'

/** Asks before a key is deleted: whatever uses it stops working. */
export function DeleteKey({ of, onClose }: { of: ApiKey | null; onClose: () => void }) {
  const api = useApi()
  const queries = useQueryClient()
  const toast = useToast()
  const remove = useMutation({
    mutationFn: async (key: ApiKey) => {
      try {
        await api.auth.DELETE('/v1/auth/api-keys/{api_key_id}', {
          params: { path: { api_key_id: key.id } },
        })
      } catch (error) {
        // Somebody else was faster: it is gone, which is what was wanted.
        if (!(error instanceof ApiProblem && error.status === 404)) throw error
      }
    },
    onSettled: () => queries.invalidateQueries(apiKeysQuery(api)),
    onSuccess: (_, key) => {
      toast(`The key “${key.name}” is deleted.`)
      onClose()
    },
  })
  return (
    <Dialog
      open={of !== null}
      onClose={() => {
        remove.reset()
        onClose()
      }}
      title={`Delete “${of?.name ?? ''}”?`}
      description="A program that uses this key is refused within a few minutes. The key does not come back."
      actions={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button
            kind="danger"
            busy={remove.isPending}
            onClick={() => {
              if (of !== null) remove.mutate(of)
            }}
          >
            Delete the key
          </Button>
        </>
      }
    >
      {remove.error === null ? null : (
        <p role="alert" className={styles['problem']}>
          {sentenceOf(remove.error)}
        </p>
      )}
    </Dialog>
  )
}
