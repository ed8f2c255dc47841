import { screen } from '@testing-library/react'
import { Route, Routes } from 'react-router'
import { describe, expect, it, vi } from 'vitest'
import { ApiProblem } from '@/api/problem'
import { ADA, renderWithServices } from '@/testing/renderWithServices'
import LoginPage from './LoginPage'
import RegisterPage from './RegisterPage'

function refusing(status: number, type: string, message: string) {
  return () => Promise.reject(new ApiProblem('POST', status, new Headers(), { type, message }))
}

describe('registering', () => {
  it('refuses a weak password and a bad name beside their fields, before anything is sent', async () => {
    const register = vi.fn()
    const { user } = renderWithServices(<RegisterPage />, { user: null, session: { register } })
    await user.type(screen.getByLabelText('Username'), 'a b')
    await user.type(screen.getByLabelText('Password'), 'short')
    await user.click(screen.getByRole('button', { name: 'Create account' }))
    expect(await screen.findAllByRole('alert')).toHaveLength(2)
    expect(screen.getByLabelText('Password')).toHaveAccessibleDescription(/at least 10/)
    expect(register).not.toHaveBeenCalled()
  })

  it('says beside the name that it is taken', async () => {
    const register = refusing(409, 'username_taken', 'this username is taken')
    const { user } = renderWithServices(<RegisterPage />, { user: null, session: { register } })
    await user.type(screen.getByLabelText('Username'), 'ada')
    await user.type(screen.getByLabelText('Password'), 'correct horse')
    await user.click(screen.getByRole('button', { name: 'Create account' }))
    await screen.findByRole('alert')
    expect(screen.getByLabelText('Username')).toHaveAccessibleDescription('This username is taken')
  })
})

describe('logging in', () => {
  it('does not say which of the two was wrong', async () => {
    const login = refusing(401, 'wrong_credentials', 'the username or the password is wrong')
    const { user } = renderWithServices(<LoginPage />, { user: null, session: { login } })
    await user.type(screen.getByLabelText('Username'), 'ada')
    await user.type(screen.getByLabelText('Password'), 'wrong')
    await user.click(screen.getByRole('button', { name: 'Log in' }))
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'The username or the password is wrong',
    )
    expect(screen.getByLabelText('Username')).not.toHaveAttribute('aria-invalid')
  })

  it('leads whoever is signed in to the market', async () => {
    renderWithServices(
      <Routes>
        <Route path="/" element={<p>the market</p>} />
        <Route path="/login" element={<LoginPage />} />
      </Routes>,
      { user: ADA, path: '/login' },
    )
    expect(await screen.findByText('the market')).toBeInTheDocument()
  })
})
