import { defineConfig } from '@playwright/test'

/**
 * The journeys run against a whole platform, which `e2e/platform.ts` starts on free ports (or E2E_ROOT names).
 * The browser is the system's Chromium, kept from talking to anybody but us.
 */
export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/platform.ts',
  outputDir: '../.local/e2e/results',
  projects: [
    { name: 'journeys', testIgnore: /screenshots\.(scene|spec)\.ts$/ },
    // Pictures for the README: `npm run screenshots`. The scene is the same in every run on a new platform.
    { name: 'scene', testMatch: /screenshots\.scene\.ts$/ },
    {
      name: 'screenshots',
      testMatch: /(screenshots|keyboard)\.spec\.ts$/,
      dependencies: ['scene'],
      fullyParallel: false,
    },
  ],
  fullyParallel: true,
  workers: 2,
  forbidOnly: Boolean(process.env['CI']),
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: process.env['CI'] ? [['dot']] : [['list']],
  use: {
    viewport: { width: 1440, height: 900 },
    locale: 'en-US',
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-default-apps',
        '--disable-domain-reliability',
        '--disable-sync',
        '--metrics-recording-only',
        '--no-first-run',
        '--no-pings',
      ],
    },
  },
})
