import { createTemplate, expect, run, test } from './support/test';

test('create, run, compare and move a label without a mouse', async ({ page }) => {
  await page.goto('/app/templates');
  await expect(page.getByRole('heading', { name: 'Templates' })).toBeVisible();
  await page.keyboard.press('c');
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toBeFocused();
  await page.keyboard.type('By keyboard');
  await page.getByRole('textbox', { name: 'User prompt' }).focus();
  await page.keyboard.type('Count to three');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'By keyboard' })).toBeVisible();

  await page.getByRole('textbox', { name: 'User prompt' }).focus();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(' and back');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('dialog', { name: 'Save version 2' })).toBeVisible();
  await page.keyboard.type('further');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeHidden();

  await page.getByRole('link', { name: 'Compare' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('ins', { hasText: 'back' })).toBeVisible();

  await page.getByRole('link', { name: 'Labels', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Add a label' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog').getByLabel('Label', { exact: true })).toBeFocused();
  await page.keyboard.type('production');
  await page.keyboard.press('Escape'); // closes the suggestions, not the dialog
  await page.getByRole('dialog').getByLabel('Reason').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'production' })).toBeVisible();

  await page.getByRole('link', { name: 'Open in playground' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Playground' })).toBeVisible();
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('article', { name: 'Run 1' }).getByText('Count to three and back')).toBeVisible();
});

test('filter and redrive without a mouse', async ({ page }) => {
  const unique = `by-keys-${Date.now()}`;
  await run(page, unique, { failures: 1, status: 402 }, 'echo');
  await page.goto('/app/templates');
  await expect(page.getByRole('heading', { name: 'Templates' })).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('l');
  await expect(page.getByRole('heading', { name: 'Dead letters' })).toBeVisible();
  await page.keyboard.press('/');
  await page.keyboard.type('spend_limit');
  await expect(page).toHaveURL(/errorCode=spend_limit/);
  const redrive = page.getByRole('button', { name: /^Redrive \d+: Spend limit reached, echo$/ });
  await redrive.focus();
  await page.keyboard.press('Enter');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Redrive/ })
    .focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText(/back in the queue/)).toBeVisible();
});

test('rows, peek, selection and the list of keys', async ({ page }) => {
  await run(page, 'rows one');
  await run(page, 'rows two');
  await page.goto('/app/jobs?q=rows');
  await expect(page.locator('tbody tr')).toHaveCount(2);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await expect(page.locator('tbody tr').nth(1).locator('[data-row-link]')).toBeFocused();
  await page.keyboard.press('x');
  await expect(page.getByRole('region', { name: 'Actions for selected jobs' })).toContainText('1 job selected');
  await page.keyboard.press('Space');
  await expect(page.getByRole('dialog', { name: 'Peek' })).toContainText('rows one');
  await expect(page).toHaveURL(/peek=/);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await page.getByLabel('Shortcuts of a single letter').focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.keyboard.press('c');
  await expect(page).toHaveURL(/\/jobs/);
});

test('the palette finds a template', async ({ page }) => {
  await createTemplate(page, 'Found by palette');
  await page.goto('/app/jobs');
  await expect(page.getByRole('heading', { name: 'Jobs' })).toBeVisible();
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog').getByRole('combobox')).toBeFocused();
  await page.keyboard.type('found by pal');
  await expect(page.getByRole('option', { name: /Found by palette/ })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Found by palette' })).toBeVisible();
});
