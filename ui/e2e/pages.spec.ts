import type { Page } from '@playwright/test';
import { call, createTemplate, expect, expectAccessible, overlaySettled, run, settled, test } from './support/test';

const looks = [
  { name: 'light, wide, English', width: 1440, colorScheme: 'light', locale: 'en-US' },
  { name: 'dark, narrow, English', width: 390, colorScheme: 'dark', locale: 'en-US' },
  { name: 'dark, wide, Portuguese', width: 1440, colorScheme: 'dark', locale: 'pt-BR' },
  { name: 'light, narrow, Portuguese', width: 390, colorScheme: 'light', locale: 'pt-BR' },
] as const;

/** A template of two versions with a label, jobs that succeeded and one that failed. */
async function fill(page: Page) {
  const { id } = await createTemplate(page, 'Looked at');
  await call(page, 'PUT', `/templates/${id}`, {
    userPrompt: 'Greet {{ name }} and {{ other }}.',
    message: 'two names',
  });
  await call(page, 'PUT', `/templates/${id}/labels/production`, { version: 1, reason: 'first' });
  await call(page, 'PUT', `/templates/${id}/labels/production`, { version: 2 });
  const job = await run(page, '# Title\n\nA **bold** answer with `code`.');
  const failed = await run(page, 'refused', { failures: 1, status: 401 });
  return { id, job, failed };
}

for (const { name, width, colorScheme, locale } of looks) {
  test.describe(name, () => {
    test.use({ viewport: { width, height: 900 }, colorScheme, locale });

    test('every page is accessible and fits', async ({ page }) => {
      test.setTimeout(90_000);
      const { id, job, failed } = await fill(page);
      const pages = [
        '/app/templates',
        '/app/templates?q=nothing-like-this',
        '/app/templates/new',
        `/app/templates/${id}`,
        `/app/templates/${id}?version=1`,
        `/app/templates/${id}?tab=compare&from=1&to=2`,
        `/app/templates/${id}?tab=labels`,
        `/app/templates/${id}?tab=api`,
        `/app/playground?template=${id}&models=mock:echo,mock:lorem`,
        `/app/playground?job=${job}`,
        '/app/jobs',
        `/app/jobs?status=cancelled`,
        `/app/jobs/${job}`,
        `/app/jobs/${failed}`,
        `/app/jobs/${job}?tab=prompt`,
        `/app/jobs/${job}?tab=events`,
        '/app/dead-letters',
        '/app/dashboard',
        '/app/settings',
        '/app/settings?tab=apiKeys',
        '/app/settings?tab=providerKeys',
        '/app/settings?tab=limits',
        '/app/settings?tab=cache',
        '/app/settings?tab=audit',
        '/app/settings?tab=callbacks',
        '/app/settings?tab=about',
        '/app/nowhere',
      ];
      for (const path of pages) {
        await test.step(path, async () => {
          await page.goto(path);
          await settled(page);
          const file = path
            .replace(id, 'template')
            .replace(job, 'job')
            .replace(failed, 'failed')
            .replace(/[^a-z0-9]+/g, '-');
          await page.screenshot({ path: `../target/ui-pages/${name.replaceAll(', ', '-')}/${file}.png` });
          await expectAccessible(page);
        });
      }
      expect(await page.evaluate(() => document.documentElement.lang)).toBe(locale === 'pt-BR' ? 'pt-BR' : 'en');
    });
  });
}

for (const { name, width, colorScheme, locale } of looks.slice(0, 2)) {
  test.describe(name, () => {
    test.use({ viewport: { width, height: 900 }, colorScheme, locale });

    test('every overlay is accessible', async ({ page }) => {
      const { id, job } = await fill(page);
      await page.goto(`/app/jobs?peek=${job}`);
      await expect(page.getByRole('dialog')).toBeVisible();
      await overlaySettled(page);
      await expectAccessible(page);
      await page.goto('/app/jobs');
      await settled(page);
      for (const key of ['Control+k', '?']) {
        await page.keyboard.press(key);
        await expect(page.getByRole('dialog')).toBeVisible();
        await overlaySettled(page);
        await expectAccessible(page);
        await page.keyboard.press('Escape');
        await expect(page.getByRole('dialog')).toBeHidden();
      }
      for (const name of ['Theme', 'Language', 'Views']) {
        await page.getByRole('button', { name }).click();
        await expect(page.getByRole('menu')).toBeVisible();
        await expectAccessible(page);
        await page.keyboard.press('Escape');
        await expect(page.getByRole('menu')).toBeHidden();
      }
      if (width < 860) {
        await page.getByRole('button', { name: 'Menu' }).click();
        await expect(page.getByRole('dialog')).toBeVisible();
        await overlaySettled(page);
        await expectAccessible(page);
        await page.keyboard.press('Escape');
      }
      await page.goto(`/app/templates/${id}?version=1`);
      await settled(page);
      const editor = page.locator('.cm-content').last();
      await editor.click();
      await page.keyboard.press('Control+End');
      await page.keyboard.type(' {{ na');
      await expect(page.getByRole('option', { name: /^name/ })).toBeVisible();
      await expectAccessible(page);
      await page.keyboard.press('Enter');
      await expect(editor).toContainText('{{ name }}');
      await page.locator('.savebar button').first().click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await overlaySettled(page);
      await expectAccessible(page);
      await page.keyboard.press('Enter');
      await expect(page.locator('.mantine-Notification-root')).toBeVisible();
      await expectAccessible(page);
    });
  });
}

test('the theme is right before anything is drawn', async ({ page, faults }) => {
  await page.addInitScript(() => localStorage.setItem('promptlab.theme', 'dark'));
  await page.route('**/assets/*.js', (route) => route.abort());
  await page.goto('/app/');
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toContain('dark');
  faults.length = 0; // the scripts were cut on purpose
});

test('language and theme are chosen once and kept', async ({ page }) => {
  await page.goto('/app/settings');
  await page.getByRole('combobox', { name: 'Language' }).selectOption('pt-BR');
  await expect(page.getByRole('heading', { name: 'Configurações' })).toBeVisible();
  await page.getByText('Escuro').click();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Configurações' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
});
