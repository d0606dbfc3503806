// `npm run bench:ui`: measures the packaged extension in a real VS Code window and prints the figures as JSON. Progress goes to
// standard error. What follows `--` goes to vitest: `-t "first paint"` measures only that.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const report = join('artifacts', 'bench-ui.json');
rmSync(report, { force: true });
const args = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.bench.config.mts', ...process.argv.slice(2)];
// Standard output belongs to the JSON.
const child = spawn(process.execPath, args, { stdio: ['inherit', process.stderr, 'inherit'] });
// Interrupted from outside, the window and its server must go as well.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  if (existsSync(report)) process.stdout.write(readFileSync(report, 'utf8'));
  process.exitCode = code ?? (signal ? 1 : 0);
});
