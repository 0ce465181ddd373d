// Builds the web UI when it is not there from the same sources: npm ci when the lock file is another one, then npm run build.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const oldest = [20, 19];
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
  fail(`Node.js ${oldest.join('.')} or newer is needed, found ${process.versions.node}`);
}

const sources = ['src', 'public', 'index.html', 'package.json', 'package-lock.json', 'tsconfig.json', 'vite.config.ts'];
const built = hash([...sources.map((name) => join('ui', name)), 'docs/api/openapi.yaml']);
const stamp = 'target/ui.stamp';
if (read(stamp) === built && existsSync('target/ui/index.html')) {
  process.exit(0);
}

const locked = hash(['ui/package-lock.json']);
const installed = 'ui/node_modules/.promptlab-lock';
if (read(installed) !== locked) {
  npm('ci', '--ignore-scripts', '--no-progress');
  writeFileSync(installed, locked);
}
npm('run', '--silent', 'build');
rmSync('target/classes/web/ui', { recursive: true, force: true }); // files of former builds have other names
mkdirSync('target', { recursive: true });
writeFileSync(stamp, built);

function npm(...args) {
  const { status, error } = spawnSync('npm', args, { cwd: 'ui', stdio: 'inherit' });
  if (error || status !== 0) {
    fail(`npm ${args.join(' ')} failed in ui/${error ? `: ${error.message}` : ''}`);
  }
}

function hash(paths) {
  const sum = createHash('sha256');
  for (const path of paths.flatMap(files)) {
    sum.update(path).update('\0').update(readFileSync(path)).update('\0');
  }
  return sum.digest('hex');
}

function files(path) {
  if (!statSync(path).isDirectory()) {
    return [path];
  }
  return readdirSync(path)
    .sort()
    .flatMap((name) => files(join(path, name)));
}

function read(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function fail(message) {
  console.error(`ERROR: ${message}`);
  process.exit(1);
}
