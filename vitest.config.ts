import { defineConfig } from 'vitest/config'

// Tests read the packages' sources: the `qmtl-source` condition of their `exports`.
const conditions = ['qmtl-source']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'tests/**/*.test.ts', 'scripts/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    globalSetup: ['tests/setup/services.ts'],
  },
})
