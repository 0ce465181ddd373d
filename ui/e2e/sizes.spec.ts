import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './support/test';

const out = '../target/ui';
const kB = 1_000;

interface Shift {
  value: number;
  hadRecentInput: boolean;
  sources: { node: Element | null }[];
}

interface Chunk {
  file: string;
  isEntry?: boolean;
  imports?: string[];
  css?: string[];
  src?: string;
}

const manifest = JSON.parse(readFileSync(join(out, 'manifest.txt'), 'utf8')) as Record<string, Chunk>;

function closure(key: string, seen = new Set<string>()): Set<string> {
  if (!seen.has(key)) {
    seen.add(key);
    manifest[key]?.imports?.forEach((next) => closure(next, seen));
  }
  return seen;
}

function size(file: string): number {
  return statSync(join(out, `${file}.gz`)).size;
}

const entry = Object.keys(manifest).find((key) => manifest[key]?.isEntry) ?? '';
const shell = closure(entry);
const own = (key: string) =>
  [...closure(key)].filter((each) => !shell.has(each)).reduce((sum, each) => sum + size(manifest[each]?.file ?? ''), 0);

test('the shell is small', () => {
  const js = [...shell].reduce((sum, key) => sum + size(manifest[key]?.file ?? ''), 0);
  expect(js).toBeLessThan(200 * kB);
  const css = readdirSync(join(out, 'assets')).filter((name) => name.endsWith('.css'));
  expect(css.reduce((sum, name) => sum + size(`assets/${name}`), 0)).toBeLessThan(30 * kB);
});

test('each page adds little, and editor and charts are apart', () => {
  const pages = Object.keys(manifest).filter((key) => /features\/.*page\.tsx$/.test(key));
  expect(pages.length).toBeGreaterThan(6);
  for (const key of pages) {
    expect(own(key), key).toBeLessThan(30 * kB);
  }
  expect(own('src/shared/ui/prompt-editor.tsx')).toBeLessThan(115 * kB);
  expect(own('src/features/dashboard/components/plot.tsx')).toBeLessThan(115 * kB);
});

test('a list opens cold in few bytes, without a jump', async ({ page, baseURL }) => {
  await page.addInitScript(() => {
    const held = window as unknown as { shifts: [number, string][] };
    held.shifts = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as unknown as Shift[]) {
        if (!entry.hadRecentInput) {
          held.shifts.push([
            entry.value,
            entry.sources.map(({ node }) => node?.outerHTML?.slice(0, 120) ?? '').join(' '),
          ]);
        }
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  const client = await page.context().newCDPSession(page);
  await client.send('Network.enable');
  let bytes = 0;
  client.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.goto(`${baseURL}/app/templates`);
  await expect(page.locator('tbody tr').first()).toBeVisible();
  await page.waitForLoadState('networkidle');
  expect(bytes).toBeLessThan(320 * kB);
  const shifts = await page.evaluate(() => (window as unknown as { shifts: [number, string][] }).shifts);
  const sum = shifts.reduce((total, [value]) => total + value, 0);
  expect(sum, JSON.stringify(shifts)).toBeLessThanOrEqual(0.02);
});
