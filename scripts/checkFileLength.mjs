// Fails when a source file is longer than 600 lines: such a file holds more than one idea.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const limit = 600;
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts', '*.mjs', '*.css'], {
  encoding: 'utf8',
});
const long = files
  .split('\n')
  .filter((file) => file && existsSync(file))
  .map((file) => ({ file, lines: readFileSync(file, 'utf8').split('\n').length - 1 }))
  .filter(({ lines }) => lines > limit);
for (const { file, lines } of long) console.error(`${file}: ${lines} lines (limit ${limit})`);
process.exit(long.length ? 1 : 0);
