import { act, screen } from '@testing-library/react'
import { Route, Routes } from 'react-router'
import { expect, it } from 'vitest'
import { ADA, renderWithServices } from '@/testing/renderWithServices'
import { SignedIn } from './SignedIn'

const pages = (
  <Routes>
    <Route
      path="account"
      element={
        <SignedIn>
          <p>the account</p>
        </SignedIn>
      }
    />
    <Route path="login" element={<p>the login</p>} />
  </Routes>
)

it('asks nobody to log in while the platform does not answer, and goes on when it does', () => {
  const { store } = renderWithServices(pages, { path: '/account' })
  act(() => store.setState({ phase: 'unreachable', user: null }, true))
  expect(screen.getByRole('alert')).toHaveTextContent(/does not answer/)
  act(() => store.setState({ phase: 'signed-in', user: ADA as NonNullable<typeof ADA> }, true))
  expect(screen.getByText('the account')).toBeInTheDocument()
})

it('sends whoever is logged out to the login', () => {
  renderWithServices(pages, { path: '/account', user: null })
  expect(screen.getByText('the login')).toBeInTheDocument()
})
