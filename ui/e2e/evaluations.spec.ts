import { type Asked, answerEvaluations, olderRunId, openRunId, runId, suiteId } from './support/evaluations';
import { createTemplate, expect, expectAccessible, overlaySettled, run, settled, test } from './support/test';

const looks = [
  { name: 'light, wide, English', width: 1440, colorScheme: 'light', locale: 'en-US' },
  { name: 'dark, narrow, Portuguese', width: 390, colorScheme: 'dark', locale: 'pt-BR' },
] as const;

const asks = (asked: Asked[], method: string, path: RegExp) =>
  asked.filter((each) => each.method === method && path.test(each.path)).map(({ body }) => body);

for (const { name, width, colorScheme, locale } of looks) {
  test.describe(name, () => {
    test.use({ viewport: { width, height: 900 }, colorScheme, locale });

    test('every page of evaluations is accessible and fits', async ({ page }) => {
      const { id } = await createTemplate(page, 'Looked at');
      await answerEvaluations(page, id);
      const pages = [
        '/app/evaluations',
        '/app/evaluations/new',
        `/app/evaluations/${suiteId}`,
        `/app/evaluations/${suiteId}?tab=file`,
        `/app/evaluations/${suiteId}?tab=versions`,
        `/app/evaluations/${suiteId}?tab=baselines`,
        `/app/evaluations/${suiteId}?tab=flaky`,
        `/app/evaluations/${suiteId}?tab=history&case=c6`,
        `/app/evaluations/${suiteId}?start=true`,
        `/app/evaluations/runs/${runId}`,
        `/app/evaluations/runs/${openRunId}`,
        `/app/evaluations/runs/${runId}?cell=7`,
        `/app/evaluations/compare?a=${olderRunId}&b=${runId}`,
        `/app/templates/${id}?tab=evals`,
        `/app/templates/${id}?tab=usage`,
        '/app/settings?tab=gates',
      ];
      for (const path of pages) {
        await test.step(path, async () => {
          await page.goto(path);
          await (/start=|cell=/.test(path) ? overlaySettled(page) : settled(page));
          const file = path
            .replace(id, 'template')
            .replace(/[0-9a-f-]{36}/g, 'id')
            .replace(/[^a-z0-9]+/g, '-');
          await page.screenshot({
            path: `../target/ui-pages/${name.replaceAll(', ', '-')}/${file}${path.includes(openRunId) ? '-open' : ''}.png`,
          });
          await expectAccessible(page);
        });
      }
    });
  });
}

test('a suite is written with its problems beside it, and run with its price said before', async ({ page }) => {
  const { id } = await createTemplate(page, 'Evaluated');
  const asked = await answerEvaluations(page, id);
  await page.goto('/app/templates');
  await expect(page.getByRole('heading', { name: 'Templates' })).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('e');
  await expect(page.getByRole('heading', { name: 'Evaluations' })).toBeVisible();
  await expect(page.getByRole('row', { name: /Greetings/ })).toContainText('Regressed');
  await page.getByRole('link', { name: 'New suite' }).click();
  const editor = page.getByRole('textbox', { name: 'Suite file' });
  await editor.fill('prompts: [Hi]\ntests:\n  - {assert: [{type: contain, value: x}]}');
  await expect(page.getByText('no assertion is called "contain"')).toBeVisible();
  await page.getByRole('button', { name: 'suite.eval.yaml:3:45' }).click();
  await expect(editor).toBeFocused();
  await editor.fill('prompts: [Hi]');
  await expect(page.getByText('No problems. 12 cases, 24 cells')).toBeVisible();
  await page.getByRole('button', { name: 'Create suite' }).click();
  expect(asks(asked, 'POST', /suites$/)).toEqual([{ content: 'prompts: [Hi]', files: {} }]);

  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Run Greetings' });
  await expect(dialog.getByText('48 cells: 44 calls, 4 answered before')).toBeVisible();
  await dialog.getByLabel('Repeats').fill('2');
  await dialog.getByRole('button', { name: 'Run for $0.004 to $0.031' }).click();
  await expect(page.getByText('20 of 48 cells').first()).toBeVisible();
  expect(asks(asked, 'POST', /runs$/)).toEqual([{ suiteId, repeats: 2 }]);
});

test('a run says its verdict first, and every answer can be looked at and passed on', async ({ page }) => {
  const { id } = await createTemplate(page, 'Evaluated');
  const asked = await answerEvaluations(page, id);
  await page.goto(`/app/evaluations/runs/${runId}`);
  await expect(page.getByText('Regression likely')).toBeVisible();
  await expect(page.getByText('pass rate -25.0 pp (95 % CI -43.0 to -7.0)')).toBeVisible();
  await expect(page.getByText('4 worse, 1 better of 12')).toBeVisible();
  await expect(page.getByRole('img', { name: 'pass: -25.0, between -43.0 and -7.0' })).toBeVisible();

  await page.getByText('Regressions', { exact: true }).click();
  await expect(page).toHaveURL(/mode=regressions/);
  await expect(page.getByRole('rowheader')).toHaveCount(3);
  await page.getByRole('link', { name: 'Fail: terse/mock, Alan, Porto' }).click();
  const peek = page.getByRole('dialog', { name: 'Alan, Porto' });
  await expect(peek.locator('del', { hasText: 'Porto' })).toBeVisible();
  await expect(peek.getByRole('row', { name: /contains/ })).toHaveCount(2);
  await page.reload();
  await expect(peek.locator('del', { hasText: 'Porto' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page).not.toHaveURL(/cell=/);

  await page.getByRole('button', { name: 'Use as baseline' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Use as baseline' }).click();
  await expect(page.getByText('main is this run now')).toBeVisible();
  expect(asks(asked, 'PUT', /baselines\/main$/)).toEqual([{ runId }]);

  await page.goto(`/app/evaluations/${suiteId}`);
  for (const place of [1, 2]) {
    await page.getByRole('checkbox').nth(place).check();
  }
  await page.getByRole('button', { name: 'Compare the two' }).click();
  await expect(page).toHaveURL(new RegExp(`a=${olderRunId}&b=${runId}`));
  await expect(page.getByRole('row', { name: /Alan, Porto/ })).toContainText('Worse');
});

test('a job becomes a case, and a gate sends whoever moves its label to the suite', async ({ page }) => {
  const { id } = await createTemplate(page, 'Guarded');
  const asked = await answerEvaluations(page, id);
  const job = await run(page, 'to be a case');
  await page.goto(`/app/jobs/${job}`);
  await page.getByRole('button', { name: 'Add to a suite' }).click();
  const dialog = page.getByRole('dialog', { name: 'Make a case of this job' });
  await dialog.getByLabel('Description').fill('from support');
  await dialog.getByRole('button', { name: 'Add the case' }).click();
  await expect(page.getByText('Added to Greetings, version 3')).toBeVisible();
  expect(asks(asked, 'POST', /cases$/)).toEqual([{ jobId: job, expectOutput: false, description: 'from support' }]);

  await page.route(`**/templates/${id}/labels/production`, (route) =>
    route.fulfill({
      status: 409,
      json: {
        error: {
          code: 'conflict',
          message: 'the label production asks for a run of greetings with v1 that has passed',
          details: { formErrors: [], fieldErrors: {} },
          requestId: 'req-9',
        },
      },
    }),
  );
  await page.goto(`/app/templates/${id}?tab=labels`);
  await page.getByRole('button', { name: 'Add a label' }).click();
  const move = page.getByRole('dialog', { name: 'Move a label' });
  await move.getByLabel('Label', { exact: true }).fill('production');
  await move.getByRole('button', { name: 'Move label' }).click();
  await expect(move.getByText('A gate holds this label.')).toBeVisible();
  await move.getByRole('link', { name: 'Run Greetings with v1' }).click();
  await expect(page.getByRole('dialog', { name: 'Run Greetings' }).getByLabel('Candidate')).toHaveValue('1');
});
