import { defineConfig } from '@playwright/test';
import tests from './playwright.config';

/** ./promptlab bench ui: one thing at a time, on the same server and browser as the tests. */
export default defineConfig({
  ...tests,
  testDir: 'bench',
  testMatch: '*.bench.ts',
  workers: 1,
  fullyParallel: false,
  timeout: 180_000,
  reporter: [['line']],
});
