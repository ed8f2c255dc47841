/// <reference types="vitest/config" />
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/**
 * Where a running platform answers; `npm run dev` passes everything that is not the UI on to it. The page's own
 * host goes along, or the gateway would take its websockets for another site's.
 */
const PLATFORM = process.env['PLATFORM_URL'] ?? 'http://127.0.0.1:8080'
const passedOn = { target: PLATFORM, ws: true, changeOrigin: false }

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: {
    proxy: { '/v1': passedOn, '/v2': passedOn, '/stream': passedOn, '/config.json': passedOn },
  },
  build: {
    target: 'es2023',
    // Files named by their content may be kept for ever; nothing is inlined, the policy would refuse it.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // Only the pages behind the desk have forms of this kind; the desk must not wait for their libraries.
        codeSplitting: {
          groups: [
            {
              name: 'react',
              test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/,
              priority: 1,
            },
            {
              name: 'forms',
              test: /node_modules[\\/](zod|react-hook-form|@hookform)[\\/]/,
            },
          ],
        },
      },
    },
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/testing/setup.ts'],
    restoreMocks: true,
    testTimeout: 30_000,
  },
})
