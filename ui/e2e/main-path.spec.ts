import { call, createTemplate, expect, run, test } from './support/test';

test('create a template, run it on two models, save a version, compare, move production, roll back', async ({
  page,
}) => {
  await page.goto('/app/');
  await page.getByRole('link', { name: 'New template' }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Main path');
  await page.getByRole('textbox', { name: 'User prompt' }).fill('Greet {{ name }} in one sentence.');
  await page.getByRole('textbox', { name: 'name', exact: true }).fill('Ada');
  await expect(page.getByText('Greet Ada in one sentence.')).toBeVisible();
  await page.getByRole('button', { name: 'Create template' }).click();
  await expect(page.getByRole('heading', { name: 'Main path' })).toBeVisible();

  await page.getByRole('link', { name: 'Open in playground' }).click();
  await expect(page.getByRole('heading', { name: 'Playground' })).toBeVisible();
  await page.getByRole('textbox', { name: 'name', exact: true }).fill('Ada');
  await page.getByRole('button', { name: 'Add a model' }).click();
  await page.getByRole('button', { name: 'Run all 2' }).click();
  await expect(page.getByRole('article', { name: 'Run 1' }).getByText('Greet Ada in one sentence.')).toBeVisible();
  await expect(page.getByRole('article', { name: 'Run 2' }).getByText('Completed')).toBeVisible();
  await page.reload();
  await expect(page.getByRole('article', { name: 'Run 1' }).getByText('Greet Ada in one sentence.')).toBeVisible();

  await page.getByRole('link', { name: 'Jobs', exact: true }).click();
  await page.getByRole('link', { name: 'Main path v1' }).first().click();
  await expect(page.getByText('Attempt 1 · completed')).toBeVisible();
  await page.getByRole('link', { name: 'Main path v1' }).click();

  const prompt = page.getByRole('textbox', { name: 'User prompt' });
  await prompt.fill('Greet {{ name }} warmly.');
  await page.getByRole('button', { name: 'Review and save' }).click();
  const save = page.getByRole('dialog', { name: 'Save version 2' });
  await expect(save.locator('ins', { hasText: 'warmly' })).toBeVisible();
  await save.getByLabel('Message').fill('warmer');
  await save.getByLabel('Then move a label here').selectOption('staging');
  await save.getByRole('button', { name: 'Save version 2' }).click();
  await expect(page.getByRole('navigation', { name: 'Versions' }).getByText('warmer')).toBeVisible();

  await page.getByRole('link', { name: 'Compare' }).click();
  await expect(page.locator('del', { hasText: 'sentence' })).toBeVisible();
  await expect(page.locator('ins', { hasText: 'warmly' })).toBeVisible();

  await page.getByRole('link', { name: 'Labels', exact: true }).click();
  for (const version of ['1', '2']) {
    await page.getByRole('button', { name: 'Add a label' }).click();
    const dialog = page.getByRole('dialog', { name: 'Move a label' });
    await dialog.getByLabel('Label', { exact: true }).fill('production');
    await dialog.getByLabel('Version').selectOption(version);
    await dialog.getByLabel('Reason').fill(`try ${version}`);
    await dialog.getByRole('button', { name: 'Move label' }).click();
    await expect(dialog).toBeHidden();
  }
  const production = page.getByRole('region', { name: 'production' });
  await expect(production.getByText('v1 → v2')).toBeVisible();
  await production.getByRole('button', { name: 'Roll back to v1' }).click();
  await expect(production.getByText('v2 → v1')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(production.getByText('rollback undone')).toBeVisible();
});

test('an answer is shown as it arrives, also to whoever comes later', async ({ page }) => {
  await page.goto('/app/playground');
  const column = page.getByRole('article', { name: 'Run 1' });
  const body = {
    provider: 'mock',
    model: 'echo',
    messages: [{ role: 'user', content: 'one two three four five six seven eight nine ten' }],
    params: { latencyMs: 8_000 },
  };
  const { jobId } = await call<{ jobId: string }>(page, 'POST', '/generate', body);
  await page.goto(`/app/playground?models=mock:echo&runs=${jobId}`);
  await expect(column.locator('.output-text')).toContainText('one two');
  await expect(column.getByText('Running')).toBeVisible();
  await page.reload();
  await expect(column.locator('.output-text')).toContainText('one two three');
  await expect(column.getByText('Running')).toBeVisible();
  await expect(column.getByText(/^first token .* m?s$/)).toBeVisible();
  const second = await page.context().newPage();
  await second.goto(page.url());
  for (const tab of [page, second]) {
    const there = tab.getByRole('article', { name: 'Run 1' });
    await expect(there.getByText('Completed')).toBeVisible();
    await expect(there.locator('.output-text')).toHaveText(/ nine ten$/);
    await expect(there.getByText(/^\d+ tokens\/s$/)).toBeVisible();
  }
});

test('dead letters are put back, and the number must still be right', async ({ page }) => {
  for (const each of ['one', 'two']) {
    await run(page, `redrive ${each}`, { failures: 1, status: 400 }, 'lorem');
  }
  await page.goto('/app/dead-letters?model=lorem');
  await page.getByRole('button', { name: /^Redrive 2: / }).click();
  const dialog = page.getByRole('dialog', { name: 'Redrive 2 jobs' });
  await expect(dialog.getByText('cause = invalid_request, provider = mock, model = lorem')).toBeVisible();
  await run(page, 'redrive three', { failures: 1, status: 400 }, 'lorem');
  await dialog.getByRole('button', { name: 'Redrive 2 jobs' }).click();
  await expect(dialog.getByText('Not possible now')).toBeVisible();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: /^Redrive 3: / }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Redrive 3 jobs' }).click();
  await expect(page.getByText('3 back in the queue')).toBeVisible();
  await expect(page.getByText('No failed job matches the filters')).toBeVisible();
});

test('a running job can be cancelled from the playground, and a failed one shows why', async ({ page }) => {
  await page.goto('/app/playground?models=mock:echo');
  await page.getByRole('textbox', { name: 'Message' }).fill('slow words arrive one by one until somebody stops them');
  await page.getByText('Parameters').click();
  await page.getByLabel('More (JSON)').fill('{"latencyMs": 20000}');
  await page.getByRole('button', { name: 'Run', exact: true }).first().click();
  const column = page.getByRole('article', { name: 'Run 1' });
  await expect(column.locator('.output-text')).toContainText('slow words');
  await column.getByRole('button', { name: 'Cancel job' }).click();
  await expect(column.getByText('Cancelled')).toBeVisible();
  await expect(column.getByText('the answer is not complete')).toBeVisible();
  const later = await page.context().newPage();
  await later.goto(page.url());
  await expect(later.locator('.output-text')).toContainText('slow words');
  await later.close();
  await page.getByLabel('More (JSON)').fill('{"failures": 1, "status": 400}');
  await column.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(column.getByRole('alert')).toContainText('Invalid request');
});

test('lists keep their filters in the address, and back brings them back', async ({ page }) => {
  await run(page, 'needle in a haystack');
  await page.goto('/app/jobs');
  await page.getByPlaceholder('Search prompts').fill('needle in a hay');
  await expect(page).toHaveURL(/q=needle/);
  await expect(page.locator('tbody tr')).toHaveCount(1);
  await page.getByRole('link', { name: 'Failed' }).click();
  await expect(page.getByText('No job matches')).toBeVisible();
  await page.goBack();
  await expect(page.locator('tbody tr')).toHaveCount(1);
  await page.getByRole('button', { name: 'Reset filters' }).click();
  await expect(page).not.toHaveURL(/q=/);
});

test('new jobs wait behind a button, so that no row moves', async ({ page }) => {
  await run(page, 'waits first');
  await page.goto('/app/jobs?q=waits');
  await expect(page.locator('tbody tr')).toHaveCount(1);
  await run(page, 'waits second');
  await page.getByRole('button', { name: '1 new job' }).click();
  await expect(page.locator('tbody tr')).toHaveCount(2);
});

test('a template is archived and restored', async ({ page }) => {
  const { id } = await createTemplate(page, 'To be archived');
  await page.goto(`/app/templates/${id}`);
  await page.getByRole('button', { name: 'Archive' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Archive' }).click();
  await expect(page.getByRole('button', { name: 'Restore', exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Restore', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Archive' })).toBeVisible();
});

test('whatever a model says stays text', async ({ page }) => {
  const hostile = [
    '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>[x](javascript:alert(1))',
    '![pixel](https://example.com/pixel.png) <svg onload="document.title=1"><a href="data:text/html,x">y</a></svg>',
    '\u202Eright to left\u202C',
    'long'.repeat(2_000),
  ].join('\n\n');
  const id = await run(page, hostile);
  await page.goto(`/app/jobs/${id}`);
  await expect(page.locator('.output-text')).toContainText('<script>');
  await page.getByRole('button', { name: 'Markdown' }).click();
  await expect(page.locator('.markdown')).toContainText('onerror');
  await expect(page.locator('.markdown').locator('img, script, svg, a')).toHaveCount(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  expect(await page.title()).not.toBe('owned');
});

test('errors tell the request id', async ({ page }) => {
  await page.route('**/jobs?*', (route) =>
    route.fulfill({
      status: 400,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        error: {
          code: 'validation_error',
          message: 'broken on purpose',
          details: { formErrors: [], fieldErrors: {} },
          requestId: 'req-42',
        },
      }),
    }),
  );
  await page.goto('/app/jobs');
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('broken on purpose');
  await expect(alert).toContainText('req-42');
});

test('long lists go page by page, and back', async ({ page }) => {
  const jobs = Array.from({ length: 60 }, (_, index) => ({
    provider: 'mock',
    messages: [{ role: 'user', content: `paged ${index}` }],
  }));
  await call(page, 'POST', '/generate/batch', jobs);
  await page.goto('/app/jobs?q=paged');
  await expect(page.locator('tbody tr')).toHaveCount(50);
  await page.getByRole('button', { name: 'Next page' }).click();
  await expect(page.locator('tbody tr')).toHaveCount(10);
  await page.getByRole('button', { name: 'Previous page' }).click();
  await expect(page.locator('tbody tr')).toHaveCount(50);
});

test('a page of an older build offers the new version', async ({ page, faults }) => {
  await page.route('**/assets/list-page-*.js', (route) => route.abort());
  await page.goto('/app/templates');
  await expect(page.getByRole('heading', { name: 'There is a new version' })).toBeVisible();
  await page.unroute('**/assets/list-page-*.js');
  await page.getByRole('button', { name: 'Load it' }).click();
  await expect(page.getByRole('heading', { name: 'Templates' })).toBeVisible();
  faults.length = 0; // the file was withheld on purpose
});

test('a job can be edited and run again', async ({ page }) => {
  const id = await run(page, 'first try');
  await page.goto(`/app/jobs/${id}`);
  await page.getByRole('link', { name: 'Edit and rerun' }).click();
  const message = page.getByRole('textbox', { name: 'Message' });
  await expect(message).toHaveText('first try');
  await message.fill('second try');
  await page.getByRole('button', { name: 'Run', exact: true }).first().click();
  await expect(page.getByRole('article', { name: 'Run 1' }).getByText('second try')).toBeVisible();
  await expect(message).toHaveText('second try');
});
