import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const jar = resolve('../target/promptlab.jar');
const patience = 90_000;

/** Starts the jar without login, and once more with login, each on a free port with a folder of its own. */
export default async function start() {
  if (!existsSync(jar)) {
    throw new Error(`${jar} is missing; run ./promptlab build first`);
  }
  const [local, login] = await Promise.all([serve({}), serve({ PROMPTLAB_AUTH: 'required' })]);
  process.env['PROMPTLAB_UI_URL'] = local.url;
  process.env['PROMPTLAB_UI_LOGIN_URL'] = login.url;
  process.env['PROMPTLAB_UI_SETUP_TOKEN'] = login.output.match(/pls_[\w-]+/)?.[0] ?? '';
  return async () => {
    await Promise.all([local.stop(), login.stop()]);
  };
}

/** A server of its own, which can be stopped and started again on the same port and folder. */
export async function serve(environment: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'promptlab-ui-'));
  chmodSync(folder, 0o755); // the database's account must get in
  const port = await freePort();
  let running = await launch(folder, port, environment);
  return {
    url: `http://localhost:${port}`,
    output: running.output,
    halt: () => running.end(),
    resume: async () => {
      running = await launch(folder, port, environment);
    },
    stop: async () => {
      await running.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function launch(folder: string, port: number, environment: Record<string, string>) {
  const server = spawn(java(), ['-Xmx512m', '-XX:+UseSerialGC', '-jar', jar, 'serve'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      PORT: String(port),
      PROMPTLAB_DATA_DIR: join(folder, 'data'),
      PROMPTLAB_RETRY_BACKOFF: '50ms',
      PROMPTLAB_RATE_LIMIT: 'off',
      PROMPTLAB_RATE_LIMIT_READS: 'off',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = await ready(server);
  const end = async () => {
    if (server.exitCode === null) {
      const ended = new Promise((done) => server.once('exit', done));
      server.kill('SIGTERM');
      await ended;
    }
  };
  return { output, end };
}

function java(): string {
  const home = process.env['JAVA_HOME'];
  return home ? join(home, 'bin', 'java') : 'java';
}

/** @return all that it has printed by then */
function ready(server: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    let output = '';
    const timer = setTimeout(
      () => fail(new Error(`the server is not ready after ${patience} ms:\n${output}`)),
      patience,
    );
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('PromptLab ready')) {
        clearTimeout(timer);
        done(output);
      }
    };
    server.stdout?.on('data', read);
    server.stderr?.on('data', read);
    server.once('exit', (code) => fail(new Error(`the server ended with ${code}:\n${output}`)));
  });
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
