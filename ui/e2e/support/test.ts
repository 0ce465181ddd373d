import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Page, test as base, expect } from '@playwright/test';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

interface Watched {
  /** What a page must never do; checked after every test. */
  faults: string[];
}

/** Every test fails on an error in the console, a report of the content policy, or a request that leaves the origin. */
export const test = base.extend<Watched>({
  baseURL: async ({}, use) => {
    await use(process.env['PROMPTLAB_UI_URL'] ?? '');
  },
  faults: [
    async ({ page, baseURL }, use) => {
      const faults: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error' && !/the server responded with a status of 4\d\d/.test(message.text())) {
          faults.push(`console: ${message.text()}`);
        }
      });
      page.on('pageerror', (error) => faults.push(`page: ${error.message}`));
      page.on('request', (request) => {
        if (!request.url().startsWith(`${baseURL}/`) && !request.url().startsWith('blob:')) {
          faults.push(`left the origin: ${request.url()}`);
        }
      });
      await page.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', (event) => {
          console.error(`content policy: ${event.violatedDirective} ${event.blockedURI}`);
        });
      });
      await use(faults);
      expect(faults).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** No violation of WCAG 2.2 AA that axe can find, and nothing to scroll sideways. */
export async function expectAccessible(page: Page) {
  await atRest(page);
  await page.evaluate(axe);
  const violations = await page.evaluate(async (tags) => {
    const { axe } = window as unknown as {
      axe: {
        run: (
          context: Document,
          options: object,
        ) => Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
      };
    };
    const result = await axe.run(document, {
      runOnly: { type: 'tag', values: tags },
      resultTypes: ['violations'],
      preload: false,
    });
    return result.violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`,
    );
  }, rules);
  expect(violations).toEqual([]);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(sideways).toBeLessThanOrEqual(0);
}

/** Until nothing moves any more, except what does so for ever. */
async function atRest(page: Page) {
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(({ playState, effect }) => playState !== 'running' || effect?.getComputedTiming().endTime === Infinity),
  );
}

/** Until a page shows what it has. */
export async function settled(page: Page) {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.locator('.skeleton, .editor-waiting')).toHaveCount(0);
}

/** Colours are only judged when nothing fades any more. */
export async function overlaySettled(page: Page) {
  await expect(page.locator('[role="dialog"] .skeleton')).toHaveCount(0);
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(
        (animation) =>
          animation.playState !== 'running' || animation.effect?.getComputedTiming().iterations === Infinity,
      ),
  );
  await page.waitForFunction(() => {
    const dialog = document.querySelector<HTMLElement>('[role="dialog"]');
    return dialog !== null && getComputedStyle(dialog).opacity === '1';
  });
}

/** The API, for what a test needs before it begins. */
export async function call<T>(page: Page, method: string, path: string, data?: unknown): Promise<T> {
  const response = await page.request.fetch(path, { method, ...(data !== undefined && { data }) });
  expect(response.ok(), `${method} ${path}: ${await response.text()}`).toBe(true);
  return (response.status() === 204 ? undefined : await response.json()) as T;
}

interface Made {
  id: string;
}

export function createTemplate(page: Page, name: string, userPrompt = 'Greet {{ name }}.') {
  return call<Made>(page, 'POST', '/templates', { name, userPrompt, variablesSchema: { name: 'string' } });
}

/** Runs a prompt to its end and says its id. */
export async function run(page: Page, content: string, params: object = {}, model = 'echo'): Promise<string> {
  const body = { provider: 'mock', model, messages: [{ role: 'user', content }], params, maxAttempts: 1, fresh: true };
  const { jobId } = await call<{ jobId: string }>(page, 'POST', '/generate', body);
  await call(page, 'GET', `/jobs/${jobId}?wait=20s`);
  return jobId;
}
