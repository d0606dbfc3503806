// A child process that speaks the runtime's protocol and misbehaves as its orders, JSON in STAND_IN, or its requests say.
import { createMessageConnection, IPCMessageReader, IPCMessageWriter, ResponseError } from 'vscode-jsonrpc/node';
import { mkdirSync, writeFileSync } from 'node:fs';

const orders = JSON.parse(process.env.STAND_IN ?? '{}');
if (orders.print) process.stderr.write(orders.print);
if (orders.exitAtOnce !== undefined) process.exit(orders.exitAtOnce);
if (orders.ignoreSigterm) process.on('SIGTERM', () => {});
if (!orders.stayAfterDisconnect) process.on('disconnect', () => process.exit(0));

const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const productError = (code, problem) =>
  new ResponseError(1000, problem, { code, where: 'here', problem, remedy: 'Do something' });
const stopped = new Set();

const handshake = {
  protocolVersion: 1,
  toolVersion: '0.0.0',
  onnxRuntimeVersion: '0.0.0',
  nodeVersion: process.version,
  platform: process.platform,
  pid: process.pid,
};
connection.onRequest('initialize', async () => {
  if (orders.handshake === 'silent') await new Promise(() => {});
  if (orders.handshake === 'version') return { protocolVersion: 999, somethingNew: true };
  if (orders.handshake === 'refuse') return productError('conflict', 'another version');
  if (orders.handshake === 'garbage') return 'hello';
  return handshake;
});

const summary = (path) => ({
  path,
  name: 'stand-in',
  family: 'none',
  resolution: 64,
  sizeMultiple: 8,
  predictionType: 'epsilon',
  parameters: { unet: 1, autoencoder: 1, textEncoders: 1 },
  fingerprint: process.env.MARK ?? '',
  textPositions: 77,
});
/** `base` says how to behave: `kill SIGSEGV`, `cut /a/file`, `exit 3`, `never`, `until cancelled`, `block`, `bad answer`, `error`, `break`. */
connection.onRequest('model/summary', async ({ base }, token) => {
  const [verb, argument] = base.split(' ');
  if (verb === 'kill') process.kill(process.pid, argument);
  if (verb === 'cut') {
    // A file that was longer when it was opened.
    await connection.sendNotification('models/open', { files: [{ path: argument, bytes: 1e9 }] });
    process.kill(process.pid, 'SIGBUS');
  }
  if (verb === 'exit') process.exit(Number(argument));
  if (verb === 'disconnect') process.disconnect();
  if (verb === 'block') for (;;);
  if (verb === 'never' || verb === 'kill' || verb === 'cut' || verb === 'disconnect') await new Promise(() => {});
  if (verb === 'until') {
    // A token that was cancelled before its request was looked at never fires.
    if (!token.isCancellationRequested) await new Promise((done) => token.onCancellationRequested(done));
    return productError('cancelled', 'cancelled');
  }
  if (verb === 'bad') return { path: 7 };
  if (verb === 'error') return productError(argument ?? 'bad-model', 'no model');
  if (verb === 'break') throw new Error('broken');
  if (verb === 'junk') junk();
  if (verb === 'last') {
    // The answer leaves, and the process ends with it.
    setTimeout(() => process.exit(0), 0);
  }
  return summary(base);
});

function junk() {
  const nothings = [null, 7, 'text', [], {}, { jsonrpc: '2.0' }, { method: 'log' }, new Map(), { id: 1 }];
  const envelopes = [
    { jsonrpc: '2.0', method: '$/cancelRequest' },
    { jsonrpc: '2.0', method: 'model/summary', id: null },
    { jsonrpc: '2.0', method: 'toString', params: {} },
    { jsonrpc: '2.0', method: '__proto__', params: { a: 1 } },
    { jsonrpc: '2.0', method: 'train/update', params: { job: 'a' } },
    { jsonrpc: '2.0', method: 'train/update', params: { job: 'a', update: { kind: 'unheard-of' } } },
    { jsonrpc: '2.0', method: 'log', params: { level: 'shout', message: 1 } },
    { jsonrpc: '2.0', method: 'model/summary', id: 5, params: {} },
    { jsonrpc: '2.0', id: 123456, result: {} },
    { jsonrpc: '2.0', id: 123456, error: { code: 'x', message: 4 } },
  ];
  for (const message of [...nothings, ...envelopes]) process.send(message);
  process.send({ jsonrpc: '2.0', method: 'log', params: { level: 'info', message: 'x'.repeat(5_000_000) } });
}

const step = (n) => ({
  step: n,
  loss: 1 / n,
  instanceLosses: [0.5 / n],
  priorLoss: null,
  gradientNorm: 1,
  learningRate: 1e-3,
  timesteps: [1, 2],
  applied: true,
  seconds: 0.01,
  rssBytes: 1000,
});

/** The configuration says: `folder`, `steps`, `first`, `stepMs`, `die: { at, how }`, `silentAfter`, `fail`. */
async function train(job, config) {
  const update = (u) => connection.sendNotification('train/update', { job, update: u });
  const { folder, steps = 5, first = 1, stepMs = 5, die, silentAfter, fail, lose } = config;
  if (fail) return productError('bad-config', fail);
  mkdirSync(folder, { recursive: true });
  await update({ kind: 'started', folder });
  await update({ kind: 'preparing', part: 'latents', done: 1, total: 2 });
  await update({ kind: 'compiling' });
  for (let n = first; n <= steps; n++) {
    if (silentAfter !== undefined && n > silentAfter) await new Promise(() => {});
    await sleep(stepMs);
    await update({ kind: 'steps', steps: [step(n)] });
    if (n % 2 === 0) await update({ kind: 'checkpoint', step: n, folder: `${folder}/checkpoints/00000${n}` });
    if (die?.at === n) process.kill(process.pid, die.how);
    if (lose?.at === n) return productError(lose.code, 'it is gone');
    if (stopped.has(job)) return { folder, status: 'stopped', step: n };
  }
  return { folder, status: 'finished', step: steps, delta: `${folder}/delta.safetensors` };
}
connection.onRequest('train/start', ({ job, config }) => train(job, config));
connection.onRequest('train/resume', ({ job, run, device }) =>
  train(job, { folder: run, ...orders.resume, ...(device && { lose: undefined }) }),
);

const picture = (folder, request, seed) => ({
  path: `${folder}/${seed}.png`,
  width: 8,
  height: 8,
  prompt: request.prompt,
  negativePrompt: request.negativePrompt,
  seed,
  steps: request.steps,
  scheduler: request.scheduler,
  guidanceScale: request.guidanceScale,
  model: {},
});
async function sample(job, folder, request) {
  const update = (u) => connection.sendNotification('sample/update', { job, update: u });
  const pictures = [];
  for (const seed of request.seeds) {
    await update({ kind: 'progress', done: pictures.length, total: request.seeds.length, phase: 'sampling' });
    await sleep(20);
    if (request.prompt === 'die' && pictures.length === 2) process.kill(process.pid, 'SIGKILL');
    if (stopped.has(job)) return { status: 'stopped', pictures };
    pictures.push(picture(folder, request, seed));
    writeFileSync(pictures.at(-1).path, '');
    await update({ kind: 'picture', picture: pictures.at(-1) });
  }
  return { status: 'finished', pictures, gridPath: `${folder}/grid.png` };
}
connection.onRequest('sample/generate', ({ job, folder, request }) => sample(job, folder, request));
connection.onRequest('sample/compare', ({ job, folder, rows }) => sample(job, folder, rows[0].request));
for (const name of ['train/stop', 'sample/stop'])
  connection.onRequest(name, ({ job }) => {
    stopped.add(job);
    return {};
  });
connection.listen();
