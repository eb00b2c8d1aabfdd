import { defineConfig } from 'vitest/config'

// unit: no network, no clock. contract: the seams. api: a real MariaDB. apiserver: a real kube-apiserver. e2e: a whole cluster.
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', setupFiles: ['test/support/seed.ts'], include: ['test/operator/**/*.test.ts', 'test/api/**/*.test.ts', 'test/*.test.ts'] } },
      { test: { name: 'contract', include: ['test/contract/**/*.test.ts'] } },
      {
        test: {
          name: 'api',
          include: ['test/mariadb/**/*.test.ts'],
          globalSetup: ['test/mariadb/set-up.ts'],
          testTimeout: 30_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'apiserver',
          include: ['test/apiserver/**/*.test.ts'],
          globalSetup: ['test/apiserver/set-up.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/set-up.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
