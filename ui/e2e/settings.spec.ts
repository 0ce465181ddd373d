import { call, expect, expectAccessible, run, test } from './support/test';

test('an API key is shown once, works, and is revoked', async ({ page }) => {
  await page.goto('/app/settings?tab=apiKeys');
  await page.getByRole('button', { name: 'Make an API key' }).click();
  const dialog = page.getByRole('dialog', { name: 'Make an API key' });
  await dialog.getByLabel('Name').fill('nightly import');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Make an API key' }).click();
  await expect(dialog.locator('.secret code')).toContainText(/^pl_/);
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'I have it' }).click();
  const row = page.getByRole('row', { name: /nightly import/ });
  await expect(row).toContainText('jobs:write');
  await row.getByRole('button', { name: 'Revoke nightly import' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(row).toBeHidden();
});

test('a provider key is saved and never shown again', async ({ page }) => {
  await page.goto('/app/settings?tab=providerKeys');
  await page.getByRole('button', { name: 'Save a provider key' }).click();
  const dialog = page.getByRole('dialog', { name: 'Save a provider key' });
  await dialog.getByLabel('Provider').fill('openai');
  await page.keyboard.press('Escape');
  await dialog.getByLabel('Key', { exact: true }).fill('sk-example-0123456789');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  const panel = page.getByRole('region', { name: 'openai' });
  await expect(panel).toContainText('…6789');
  await expect(page.getByText('sk-example')).toHaveCount(0);
  await panel.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(panel).toBeHidden();
});

test('the audit log names who did what', async ({ page }) => {
  await run(page, 'purged for the log', { failures: 1, status: 413 });
  await call(page, 'POST', '/callbacks/secret/rotate');
  await page.goto('/app/settings?tab=audit');
  await expect(page.locator('tbody tr').first()).toBeVisible();
  await page.getByPlaceholder('What, as in').fill('nothing.like_this');
  await expect(page.getByText('Nothing matches')).toBeVisible();
  await expect(page).toHaveURL(/action=nothing/);
});

test('a server with login shows the way in, and signs out again', async ({ page }) => {
  const signedOut = {
    status: 401,
    headers: { 'content-type': 'application/json', 'www-authenticate': 'Bearer' },
    body: JSON.stringify({
      error: { code: 'unauthorized', message: 'sign in', details: { formErrors: [], fieldErrors: {} }, requestId: 'r' },
    }),
  };
  const me = {
    user: { id: '019ab7a4-54f1-7c31-9e05-2b8c3c1f6a10', email: 'ada@example.com', name: 'Ada' },
    workspaces: [
      { id: '019ab7a4-54f1-7c31-9e05-2b8c3c1f6a11', name: 'Research', role: 'member' },
      { id: '019ab7a4-54f1-7c31-9e05-2b8c3c1f6a12', name: 'Sales', role: 'viewer' },
    ],
    csrfToken: 'csrf-42',
  };
  let signedIn = false;
  let asked: Record<string, string> = {};
  await page.route('**/auth/me', (route) => route.fulfill(signedIn ? { json: me } : signedOut));
  await page.route('**/auth/login', (route) => {
    expect(route.request().postDataJSON()).toEqual({ email: 'ada@example.com', password: 'an engine', cookie: true });
    signedIn = true;
    return route.fulfill({ json: {} });
  });
  await page.route('**/auth/logout', (route) => {
    asked = route.request().headers();
    signedIn = false;
    return route.fulfill({ status: 204 });
  });
  await page.goto('/app/jobs?status=failed');
  await page.getByLabel('E-mail').fill('ada@example.com');
  await page.getByLabel('Password').fill('an engine');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: 'Jobs' })).toBeVisible();
  await expect(page).toHaveURL(/status=failed/);
  await page.getByRole('button', { name: 'Workspace Research' }).click();
  await page.getByRole('menuitem', { name: 'Sales' }).click();
  await expect(page.getByRole('button', { name: 'Workspace Sales' })).toBeVisible();
  await page.getByRole('button', { name: 'Signed in as Ada' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  expect([asked['x-csrf-token'], asked['x-workspace-id']]).toEqual(['csrf-42', me.workspaces[1]?.id]);
});

test('a budget is set, changed and removed, and says what is used of it', async ({ page }) => {
  await page.goto('/app/settings?tab=limits');
  await page.getByRole('button', { name: 'Set a budget' }).click();
  const making = page.getByRole('dialog', { name: 'Set a budget' });
  await making.getByLabel('Period').selectOption('total');
  await making.getByLabel('Limit in tokens').fill('1e6');
  await expect(making.getByText('Write a number such as 100 or 12.50', { exact: true })).toBeVisible();
  await making.getByLabel('Limit in tokens').fill('1000000');
  await expectAccessible(page);
  await making.getByRole('button', { name: 'Set a budget' }).click();
  const row = page.getByRole('row', { name: /The workspace In total/ });
  await expect(row.getByText(/ tokens used, .* held, of 1,000,000$/)).toBeVisible();

  await row.getByRole('button', { name: 'Change the budget of The workspace, In total' }).click();
  const changing = page.getByRole('dialog', { name: 'Change' });
  await changing.getByLabel('Limit in USD').fill('12.50');
  await changing.getByRole('button', { name: 'Change' }).click();
  await expect(row.getByText('of $12.50')).toBeVisible();
  await expectAccessible(page);

  await row.getByRole('button', { name: 'Remove the budget of The workspace, In total' }).click();
  await page.getByRole('dialog', { name: 'Remove' }).getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('No budgets')).toBeVisible();
});
