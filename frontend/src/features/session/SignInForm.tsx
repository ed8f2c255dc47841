import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { FormProblem } from '@/shared/forms/FormProblem'
import { placeProblem } from '@/shared/forms/placeProblem'
import { Button } from '@/shared/ui/Button'
import { TextField } from '@/shared/ui/Field'
import type { Credentials } from './rules'
import styles from './session.module.css'

interface Props {
  rules: Parameters<typeof zodResolver<Credentials, unknown, Credentials>>[0]
  act: string
  onSubmit: (credentials: Credentials) => Promise<void>
  /** A new password is being chosen, which password managers want to know. */
  isNew: boolean
  usernameHint?: string
  passwordHint?: string
  /** The field that a problem of a given type belongs to. */
  places?: Readonly<Record<string, 'username' | 'password'>>
}

/** Username and password, and what the API says of them. */
export function SignInForm({
  rules,
  act,
  onSubmit,
  isNew,
  usernameHint,
  passwordHint,
  places = {},
}: Props) {
  const { register, handleSubmit, formState, setError } = useForm<Credentials>({
    resolver: zodResolver(rules),
    defaultValues: { username: '', password: '' },
  })
  const { errors, isSubmitting } = formState
  return (
    <form
      className={styles['form']}
      noValidate
      onSubmit={(event) => {
        void handleSubmit((values) =>
          onSubmit(values).catch((error: unknown) =>
            placeProblem(setError, error, ['username', 'password'], places),
          ),
        )(event)
      }}
    >
      <FormProblem errors={errors} />
      <TextField
        {...register('username')}
        label="Username"
        hint={usernameHint}
        error={errors.username?.message}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
      />
      <TextField
        {...register('password')}
        type="password"
        label="Password"
        hint={passwordHint}
        error={errors.password?.message}
        autoComplete={isNew ? 'new-password' : 'current-password'}
      />
      <Button type="submit" kind="primary" busy={isSubmitting}>
        {act}
      </Button>
    </form>
  )
}
