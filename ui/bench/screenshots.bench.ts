import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { call, expect, settled, test } from '../e2e/support/test';

const folder = '../docs/images';
const largest = 120_000;

test.use({ viewport: { width: 1280, height: 800 } });

/** npm run screenshots: the pictures of docs/ui.md and the README, of the real product with work in it. */
test('pictures for the documentation', async ({ page, browser, baseURL }) => {
  mkdirSync(folder, { recursive: true });
  const id = await fill(page);

  await page.goto(`/app/templates/${id}`);
  await settled(page);
  await page.getByRole('textbox', { name: 'customer', exact: true }).fill('Ada');
  await page.getByRole('textbox', { name: 'question', exact: true }).fill('Where is my order?');
  await expect(page.getByText('Where is my order?').last()).toBeVisible();
  await keep(page, 'template');

  await page.goto(`/app/templates/${id}?tab=compare&from=2&to=3`);
  await expect(page.locator('ins').first()).toBeVisible();
  await keep(page, 'compare');

  await page.goto(`/app/playground?template=${id}&models=mock:echo,mock:lorem`);
  await page.getByRole('textbox', { name: 'customer', exact: true }).fill('Ada');
  await page.getByRole('textbox', { name: 'question', exact: true }).fill('Where is my order?');
  await page.getByText('Parameters').click();
  await page.getByLabel('More (JSON)').fill('{"latencyMs": 2500}');
  await page.getByText('Parameters').click();
  await page.getByRole('button', { name: 'Run all 2' }).click();
  await expect(page.getByText('Completed')).toHaveCount(2);
  await expect(page.getByText(/tokens\/s/)).toHaveCount(2);
  await keep(page, 'playground');

  await page.goto('/app/jobs');
  await expect(page.locator('tbody tr').first()).toBeVisible();
  await keep(page, 'jobs');

  await page.goto(`/app/evaluations/runs/${await evaluate(page)}`);
  await expect(page.getByText('Regression likely')).toBeVisible();
  await expect(page.getByRole('rowheader').first()).toBeVisible();
  await keep(page, 'evaluation');

  const dark = await browser.newContext({
    ...(baseURL && { baseURL }),
    colorScheme: 'dark',
    viewport: { width: 1280, height: 800 },
  });
  const other = await dark.newPage();
  await other.goto('/app/dashboard?range=1h');
  await expect(other.locator('.recharts-bar-rectangle').first()).toBeVisible();
  await expect(other.locator('.plot').first()).toBeVisible();
  await keep(other, 'dashboard');
  await dark.close();
});

/** A run of the tutorial whose candidate is worse. */
async function evaluate(page: Page): Promise<string> {
  const content = readFileSync('../src/main/resources/samples/eval/tutorial.eval.yaml', 'utf8');
  const suite = await call<{ id: string }>(page, 'POST', '/evals/suites', { name: 'City greetings', content });
  const run = await call<{ id: string }>(page, 'POST', '/evals/runs', { suiteId: suite.id, candidate: 'terse' });
  await call(page, 'GET', `/evals/runs/${run.id}?wait=60s`);
  return run.id;
}

/** WebP, which the browser writes itself. */
async function keep(page: Page, name: string) {
  await page.waitForLoadState('networkidle');
  await page.mouse.move(0, 0);
  const client = await page.context().newCDPSession(page);
  const { data } = await client.send('Page.captureScreenshot', { format: 'webp', quality: 82 });
  const file = `${folder}/${name}.webp`;
  writeFileSync(file, Buffer.from(data, 'base64'));
  expect(statSync(file).size, file).toBeLessThan(largest);
}

async function fill(page: Page): Promise<string> {
  const versions = [
    'Answer {{ customer }}: {{ question }}',
    'Answer {{ customer }} in two sentences.\n\nQuestion: {{ question }}',
    'Answer {{ customer }} in two friendly sentences.\n{% if order is defined %}The order is {{ order.number }}.{% endif %}\n\nQuestion: {{ question | trim }}',
  ];
  const content = (userPrompt: string) => ({
    systemPrompt: 'You answer for a book shop. You never promise a date.',
    userPrompt,
    variablesSchema: { customer: 'string', question: 'string', order: 'object?' },
    defaults: { provider: 'mock', model: 'echo', params: { temperature: 0.2 } },
  });
  const body = { name: 'Support answer', description: 'First answer to a customer', ...content(versions[0] ?? '') };
  const { id } = await call<{ id: string }>(page, 'POST', '/templates', body);
  for (const [index, text] of versions.slice(1).entries()) {
    const message = ['two sentences are enough', 'friendlier, and knows the order'][index];
    await call(page, 'PUT', `/templates/${id}`, { ...content(text), message });
  }
  await call(page, 'PUT', `/templates/${id}/labels/production`, { version: 2, reason: 'passed the evaluation' });
  await call(page, 'PUT', `/templates/${id}/labels/staging`, { version: 3, reason: 'to be tried' });
  const questions = ['Where is my order?', 'Can I return a book?', 'Do you ship to Porto?', 'Is there a gift card?'];
  const jobs = Array.from({ length: 90 }, (_, index) => ({
    templateId: id,
    version: 1 + (index % 3),
    variables: { customer: `Customer ${index}`, question: questions[index % questions.length] },
    provider: 'mock',
    model: index % 3 === 0 ? 'lorem' : 'echo',
    priority: index % 9 === 0 ? 'high' : 'normal',
    params: index % 11 === 0 ? { failures: 1, status: 400 } : { latencyMs: 40 + (index % 7) * 30 },
  }));
  await call(page, 'POST', '/generate/batch', jobs);
  const ended = async () => (await call<{ current: { jobs: number } }>(page, 'GET', '/stats/summary')).current.jobs;
  await expect.poll(ended, { timeout: 60_000 }).toBeGreaterThanOrEqual(jobs.length);
  return id;
}
