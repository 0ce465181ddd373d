import { serve } from './support/server';
import { call, expect, test } from './support/test';

test('the server is restarted in the middle of an answer, and the page shows what became of it', async ({
  page,
  faults,
}) => {
  test.setTimeout(120_000);
  const server = await serve({});
  try {
    const body = {
      provider: 'mock',
      model: 'echo',
      messages: [{ role: 'user', content: 'one two three four five six seven eight nine ten' }],
      params: { latencyMs: 5_000 },
    };
    const { jobId } = await call<{ jobId: string }>(page, 'POST', `${server.url}/generate`, body);
    await page.goto(`${server.url}/app/playground?models=mock:echo&runs=${jobId}`);
    const column = page.getByRole('article', { name: 'Run 1' });
    await expect(column.locator('.output-text')).toContainText('one');
    await server.halt();
    await expect(page.getByText('No connection', { exact: true })).toBeVisible();
    await server.resume();
    await expect(page.getByText('Live', { exact: true })).toBeVisible({ timeout: 30_000 });
    await expect(column.getByText('Completed')).toBeVisible({ timeout: 30_000 });
    await expect(column.locator('.output-text')).toHaveText(/^one two .* nine ten$/);
  } finally {
    await server.stop();
  }
  faults.length = 0; // another origin than that of the other tests, and requests that nobody answered, on purpose
});
