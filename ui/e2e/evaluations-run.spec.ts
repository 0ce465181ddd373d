import { expect, expectAccessible, overlaySettled, test } from './support/test';

const file = `description: Welcomes visitors of a city
prompts:
  - {label: today, raw: 'Welcome {{name}} to {{city}}.'}
  - {label: friendly, raw: 'A warm welcome to {{city}}, {{name}}.'}
  - {label: terse, raw: 'Welcome {{name}}.'}
providers: ['mock:echo']
defaultTest: {assert: [{type: contains, value: '{{city}}'}]}
tests:
  - vars: {name: [Ada, Alan, Barbara, Edsger, Frances, Grace, John, Ken], city: Porto}
promptlab: {baseline: today}
`;

test('a suite is written, run, read down to one answer, named as baseline and compared', async ({ page }) => {
  test.setTimeout(120_000);
  await page.goto('/app/evaluations/new');
  await page.getByRole('textbox', { name: 'Suite file' }).fill(file);
  await expect(page.getByText('No problems. 8 cases, 24 cells')).toBeVisible();
  await page.getByRole('button', { name: 'Create suite' }).click();

  for (const { candidate, verdict } of [
    { candidate: 'friendly', verdict: 'No evidence of a difference' },
    { candidate: 'terse', verdict: 'Regression likely' },
  ]) {
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Candidate').fill(candidate);
    await expect(dialog.getByText(/^16 cells: /)).toBeVisible();
    await dialog.getByRole('button', { name: /^Run/ }).click();
    await expect(page.getByText(verdict)).toBeVisible({ timeout: 60_000 });
    await expectAccessible(page);
    if (candidate === 'friendly') {
      await page.getByRole('button', { name: 'Use as baseline' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Use as baseline' }).click();
      await expect(page.getByText('main is this run now')).toBeVisible();
    } else {
      await expect(page.getByText('8 worse, 0 better of 8', { exact: true })).toBeVisible();
      await page.getByText('Regressions', { exact: true }).click();
      await page
        .getByRole('link', { name: /^Fail: / })
        .first()
        .click();
      await overlaySettled(page);
      await expect(page.getByRole('dialog').locator('del').first()).toBeVisible();
      await page.keyboard.press('Escape');
    }
    await page.locator('.page-above').getByRole('link').last().click();
    await expect(page.getByRole('row').nth(1)).toBeVisible();
  }

  await page.getByRole('checkbox').nth(0).check();
  await page.getByRole('checkbox').nth(1).check();
  await page.getByRole('button', { name: 'Compare the two' }).click();
  await expect(page.getByText('Regression likely')).toBeVisible();
  await expect(page.getByRole('row', { name: /Worse/ }).first()).toBeVisible();
});
