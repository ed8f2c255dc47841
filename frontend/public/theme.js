// Runs before anything is painted, so that nobody sees the wrong theme first. What is chosen here is kept up by
// src/shared/theme/applyTheme.ts; the policy of the page allows no script within it.
try {
  const chosen = JSON.parse(localStorage.getItem('preferences') || '{}') || {}
  const light = matchMedia('(prefers-color-scheme: light)').matches
  const theme =
    chosen.theme === 'dark' || chosen.theme === 'light' ? chosen.theme : light ? 'light' : 'dark'
  document.documentElement.dataset.theme = theme
  if (chosen.palette === 'colour-blind') document.documentElement.dataset.palette = chosen.palette
} catch {
  document.documentElement.dataset.theme = 'dark'
}
