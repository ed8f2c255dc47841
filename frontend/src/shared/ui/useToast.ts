import { Toast } from '@base-ui/react/toast'
import { useCallback } from 'react'

/** Tells what has happened, in a sentence that goes away by itself. `problem`: it is read out at once. */
export function useToast(): (sentence: string, kind?: 'done' | 'problem') => void {
  const { add } = Toast.useToastManager()
  return useCallback(
    (sentence, kind = 'done') => {
      add({
        title: sentence,
        type: kind,
        priority: kind === 'problem' ? 'high' : 'low',
        ...(kind === 'problem' ? { timeout: 15_000 } : {}),
      })
    },
    [add],
  )
}
