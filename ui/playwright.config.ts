import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

const system = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];
const executablePath = process.env['PROMPTLAB_CHROMIUM'] ?? system.find((path) => existsSync(path));

/** The UI in a browser on the real server, which e2e/support/server.ts starts from the jar of this build. */
export default defineConfig({
  testDir: 'e2e',
  outputDir: '../target/ui-test-results',
  globalSetup: './e2e/support/server.ts',
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 45_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    viewport: { width: 1440, height: 900 },
    locale: 'en-US',
    colorScheme: 'light',
    contextOptions: { reducedMotion: 'reduce' }, // what fades in or out has other contrasts meanwhile
    trace: 'off',
    launchOptions: {
      ...(executablePath && { executablePath }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
