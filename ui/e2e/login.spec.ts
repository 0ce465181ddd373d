import { expect, expectAccessible, test } from './support/test';

test.use({ baseURL: async ({}, use) => use(process.env['PROMPTLAB_UI_LOGIN_URL'] ?? '') });

test('the first start makes the owner, who invites, signs out and comes back', async ({ page }) => {
  await page.goto('/app/settings?tab=members');
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await page.getByRole('button', { name: 'Create an account' }).click();
  await page.getByLabel('Name').fill('Ada');
  await page.getByLabel('E-mail').fill('ada@example.com');
  await page.getByRole('textbox', { name: 'Password' }).fill('an engine of difference');
  await page.getByLabel('Invitation or set-up token').fill(process.env['PROMPTLAB_UI_SETUP_TOKEN'] ?? '');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Create an account' }).click();
  await expect(page.getByRole('row', { name: /ada@example.com/ })).toBeVisible();

  await page.getByRole('button', { name: 'Invite' }).click();
  const dialog = page.getByRole('dialog', { name: 'Invite' });
  await dialog.getByLabel('E-mail').fill('bob@example.com');
  await dialog.getByLabel('Role').selectOption('viewer');
  await dialog.getByRole('button', { name: 'Invite' }).click();
  const invitation = (await dialog.locator('.secret code').textContent()) ?? '';
  expect(invitation).toMatch(/^pli_/);
  await dialog.getByRole('button', { name: 'I have it' }).click();
  await expect(page.getByRole('region', { name: 'Open invitations' })).toContainText('bob@example.com');
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Signed in as Ada' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByLabel('E-mail').fill('ada@example.com');
  await page.getByRole('textbox', { name: 'Password' }).fill('not the engine');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await page.getByRole('textbox', { name: 'Password' }).fill('an engine of difference');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'Templates', exact: true }).click();
  await expect(page.getByRole('link', { name: 'Email Composer' })).toBeVisible();

  await page.getByRole('button', { name: 'Signed in as Ada' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Create an account' }).click();
  await page.getByLabel('Name').fill('Bob');
  await page.getByLabel('E-mail').fill('bob@example.com');
  await page.getByRole('textbox', { name: 'Password' }).fill('a builder of things');
  await page.getByLabel('Invitation or set-up token').fill(invitation);
  await page.getByRole('button', { name: 'Create an account' }).click();
  await page.getByRole('link', { name: 'Settings' }).click();
  await expect(page.getByRole('link', { name: 'Members' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Audit log' })).toHaveCount(0);

  await page.getByRole('link', { name: 'Profile' }).click();
  await expect(page.getByRole('region', { name: 'Where you are signed in' }).locator('tbody tr').first()).toBeVisible();
  await page.getByRole('textbox', { name: 'Invitation' }).fill('pli_opens-nothing');
  await page.getByRole('button', { name: 'Join' }).click();
  await expect(page.getByRole('alert').first()).toBeVisible();
  await expectAccessible(page);
});
