import { Outlet } from 'react-router'
import { BottomBar } from './BottomBar'
import { Header } from './Header'
import { KeysDialog } from './KeysDialog'
import styles from './Layout.module.css'

/** What is around every page: the way past it all, the header, and on a phone the bar below. */
export function Layout() {
  return (
    <div className={styles['layout']}>
      <a href="#main" className={styles['skip']}>
        Skip to the content
      </a>
      <Header />
      <main id="main" tabIndex={-1} className={styles['main']}>
        <Outlet />
      </main>
      <BottomBar />
      <KeysDialog />
    </div>
  )
}
