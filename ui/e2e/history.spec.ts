import { call, expect, expectAccessible, run, test } from './support/test';

interface Summary {
  current: { jobs: number };
}

test('charts lead to the jobs behind them, and show their figures as a table', async ({ page }) => {
  test.setTimeout(60_000);
  await page.goto('/app/dashboard');
  const before = (await call<Summary>(page, 'GET', '/stats/summary')).current.jobs;
  await run(page, 'counted');
  await run(page, 'counted as failed', { failures: 1, status: 401 });
  await expect
    .poll(async () => (await call<Summary>(page, 'GET', '/stats/summary')).current.jobs, { timeout: 30_000 })
    .toBeGreaterThanOrEqual(before + 2);
  const endings = async () =>
    (await call<{ series: { key: string }[] }>(page, 'GET', '/stats/series?metric=jobs&by=status')).series;
  await expect.poll(async () => (await endings()).map(({ key }) => key), { timeout: 30_000 }).toContain('failed');
  await page.reload();

  const chart = page.getByRole('region', { name: 'Jobs that ended' });
  await expect(chart.locator('.recharts-bar-rectangle').first()).toBeVisible();
  await chart.getByRole('button', { name: 'View as table' }).click();
  await expect(chart.getByRole('columnheader', { name: 'Failed' })).toBeVisible();
  await expectAccessible(page);
  await chart.getByRole('row').nth(1).getByRole('link').click();
  await expect(page).toHaveURL(/\/jobs\?from=.*&to=/);
  await expect(page.getByRole('button', { name: 'Show the whole range' })).toBeVisible();
});

test('a stroke over a chart narrows all of them, and back widens them again', async ({ page }) => {
  await run(page, 'drawn over');
  await expect
    .poll(async () => (await call<Summary>(page, 'GET', '/stats/summary')).current.jobs, { timeout: 30_000 })
    .toBeGreaterThan(0);
  await page.goto('/app/dashboard?range=24h');
  const plot = page.getByRole('img', { name: /^Jobs that ended over time/ });
  await expect(plot.locator('.recharts-bar-rectangle').first()).toBeVisible();
  const box = await plot.boundingBox();
  if (!box) {
    throw new Error('the chart has no place');
  }
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * 0.5, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.7, y, { steps: 5 });
  await page.mouse.up();
  await expect(page).toHaveURL(/from=.*&to=/);
  await page.goBack();
  await expect(page).toHaveURL(/range=24h$/);
});

test('filters are saved as a view, taken up again and deleted', async ({ page }) => {
  await run(page, 'to be found by a view', { failures: 1, status: 401 });
  await page.goto('/app/jobs?status=failed&model=echo');
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('menuitem', { name: 'Save as a view' }).click();
  const dialog = page.getByRole('dialog', { name: 'Save as a view' });
  await dialog.getByLabel('Name of the view').fill('Failed echoes');
  await dialog.getByRole('button', { name: 'Save as a view' }).click();
  await expect(page.getByRole('button', { name: 'Failed echoes' })).toBeVisible();

  await page.goto('/app/jobs');
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('menuitem', { name: 'Failed echoes' }).click();
  await expect(page).toHaveURL(/status=failed/);
  await page.getByRole('button', { name: 'Failed echoes' }).click();
  await page.getByRole('menuitem', { name: 'Delete the view Failed echoes' }).click();
  await expect(page.getByRole('button', { name: 'Views' })).toBeVisible();
});

test('a stroke over the strip narrows the list of jobs', async ({ page }) => {
  await run(page, 'in the strip');
  await page.goto('/app/jobs');
  const strip = page.getByRole('img', { name: /^Jobs over time by status/ });
  const box = await strip.boundingBox();
  if (!box) {
    throw new Error('the strip has no place');
  }
  await page.mouse.move(box.x + box.width * 0.8, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 2, box.y + 20, { steps: 4 });
  await page.mouse.up();
  await expect(page).toHaveURL(/from=.*&to=/);
  await expect(page.getByRole('link', { name: 'Without a template' }).first()).toBeVisible();
  await page.getByRole('button', { name: 'Reset filters' }).click();
  await expect(page).not.toHaveURL(/from=/);
});
