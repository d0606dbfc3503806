// `npm run <command> -- args`: builds what changed, then runs the built entry point with the same arguments.
import { spawn } from 'node:child_process';
import '../esbuild.mjs';

const [name, ...args] = process.argv.slice(2);
const child = spawn(process.execPath, ['--enable-source-maps', `dist/${name}.js`, ...args], { stdio: 'inherit' });
// The child handles Ctrl-C itself (first: stop after the step); we only wait for it.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
