// Measures BullMQ as bench queue measures ours: prompts and results of 1 KB, finished jobs kept, as is its default.
// node bullmq.mjs PORT drain|mixed JOBS CONCURRENCY MILLIS   prints jobs a second
// node bullmq.mjs PORT pickup JOBS CONCURRENCY 0             prints p50 and p99 in ms, one job every 20 ms
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';

const [port, what, jobs, concurrency, millis] = process.argv.slice(2).map((arg, i) => (i === 1 ? arg : Number(arg)));
const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null };
const WARM_UP = 3_000;
const CHUNK = 1_000;
const PRODUCERS = 32;
const PAUSE_MS = 20;

const text = () => randomBytes(768).toString('base64'); // 1,024 letters

async function addAll(queue, count) {
  for (let done = 0; done < count; done += CHUNK) {
    await queue.addBulk(Array.from({ length: Math.min(CHUNK, count - done) }, () => ({ name: 'job', data: { prompt: text() } })));
  }
}

// Starts a worker; `ended` resolves with the time at which `count` jobs had been completed.
function work(name, count, handler) {
  let completed = 0;
  let end;
  const ended = new Promise((resolve) => { end = resolve; });
  const worker = new Worker(name, handler, { connection, concurrency, autorun: false });
  worker.on('error', (error) => { throw error; });
  worker.on('completed', () => { if (++completed === count) end(performance.now()); });
  worker.run();
  return { worker, ended };
}

async function answer() {
  if (millis > 0) await sleep(millis);
  return text();
}

async function drain(name, count) {
  const queue = new Queue(name, { connection });
  await addAll(queue, count);
  const start = performance.now();
  const { worker, ended } = work(name, count, answer);
  const seconds = ((await ended) - start) / 1_000;
  await worker.close();
  await queue.close();
  return count / seconds;
}

// The producers run in a process of their own, since node has one thread.
async function mixed(name, count) {
  const { worker, ended } = work(name, count, answer);
  await worker.waitUntilReady();
  const producer = fork(process.argv[1], [port, 'produce', count, 0, 0, name]);
  const start = await new Promise((resolve) => producer.on('message', () => resolve(performance.now())));
  const seconds = ((await ended) - start) / 1_000;
  await worker.close();
  return count / seconds;
}

async function produce(name, count) {
  const queue = new Queue(name, { connection });
  await queue.waitUntilReady();
  process.send('begins');
  let next = 0;
  await Promise.all(Array.from({ length: PRODUCERS }, async () => {
    while (next++ < count) await queue.add('job', { prompt: text() });
  }));
  await queue.close();
  process.disconnect();
}

async function pickup(name, count) {
  const waits = [];
  const queue = new Queue(name, { connection });
  const { worker, ended } = work(name, count, async (job) => {
    waits.push(performance.now() - job.data.at);
    return job.data.prompt;
  });
  await worker.waitUntilReady();
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    const prompt = text();
    await sleep(Math.max(0, start + i * PAUSE_MS - performance.now()));
    await queue.add('job', { at: performance.now(), prompt });
  }
  await ended;
  await worker.close();
  await queue.close();
  waits.sort((a, b) => a - b);
  return [0.5, 0.99].map((percentile) => waits[Math.floor(count * percentile)]);
}

if (what === 'produce') {
  await produce(process.argv[7], jobs);
} else if (what === 'pickup') {
  await drain('warm-up', WARM_UP);
  console.log((await pickup('measured', jobs)).join(' '));
} else {
  const run = { drain, mixed }[what];
  await run('warm-up', WARM_UP);
  console.log(await run('measured', jobs));
}
