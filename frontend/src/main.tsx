import './shared/theme/tokens.css'
import './shared/theme/base.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/App'
import { loadConfig } from './app/config'
import { createServices } from './app/services'

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
const services = createServices(await loadConfig())
void services.session.start()
createRoot(root).render(
  <StrictMode>
    <App services={services} />
  </StrictMode>,
)
