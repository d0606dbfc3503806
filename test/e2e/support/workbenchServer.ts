import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { WorkbenchLayout } from './layout';
import { descendants, endTree, killTree, type ProcessInfo } from './processTree';

const run = promisify(execFile);

/** VS Code's server with folders of its own: its data, its extensions, its logs. */
export class WorkbenchServer {
  private process: ChildProcess | undefined;
  private output = '';
  private readonly killAtExit = () => this.process?.pid && killTree(this.process.pid);

  private constructor(
    private readonly layout: WorkbenchLayout,
    readonly folder: string,
    private readonly extraEnvironment: Record<string, string>,
  ) {}

  /** The address of the workbench, once started. */
  url = '';

  /** Prepares a server in an empty folder; nothing runs yet. */
  static async create(layout: WorkbenchLayout, folder: string, environment: Record<string, string> = {}) {
    const server = new WorkbenchServer(layout, folder, environment);
    for (const path of [server.userData, server.extensions, server.home]) {
      await mkdir(path, { recursive: true });
    }
    return server;
  }

  /** Where the user's settings and the extensions' storage are. */
  get userData(): string {
    return join(this.folder, 'data', 'data', 'User');
  }

  get extensions(): string {
    return join(this.folder, 'extensions');
  }

  /** An empty home, so that nothing of the person who runs the tests is read or written. */
  get home(): string {
    return join(this.folder, 'home');
  }

  get pid(): number {
    if (!this.process?.pid) throw new Error('the workbench server is not running');
    return this.process.pid;
  }

  /** Installs a packaged extension the way a user does from the command line. */
  async installExtension(vsix: string): Promise<void> {
    const args = [...this.serverArguments(), '--install-extension', vsix, '--force'];
    await run(this.layout.node, args, { cwd: this.layout.server, env: this.environment() });
  }

  /** Names of the installed extensions, as the server lists them. */
  async listExtensions(): Promise<string[]> {
    const args = [...this.serverArguments(), '--list-extensions'];
    const { stdout } = await run(this.layout.node, args, { cwd: this.layout.server, env: this.environment() });
    return stdout.split('\n').filter((line) => /^[\w-]+\.[\w-]+$/.test(line));
  }

  /** Starts the server on a free port of the loopback interface, with every folder trusted or with VS Code's questions. */
  async start(trust: 'all' | 'ask' = 'all'): Promise<void> {
    const args = [...this.serverArguments(), '--host', '127.0.0.1', '--port', '0', '--without-connection-token'];
    // The extension host of a window that was reloaded or closed ends soon, not after the usual three hours.
    args.push('--reconnection-grace-time', '20');
    if (trust === 'all') args.push('--disable-workspace-trust');
    const child = spawn(this.layout.node, args, {
      cwd: this.layout.server,
      env: this.environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process = child;
    process.once('exit', this.killAtExit);
    this.url = await new Promise<string>((resolve, reject) => {
      const listen = (data: Buffer) => {
        this.output += data.toString();
        const port = /listening on (\d+)/.exec(this.output)?.[1];
        if (port) resolve(`http://127.0.0.1:${port}`);
      };
      child.stdout?.on('data', listen);
      child.stderr?.on('data', listen);
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`the workbench server ended (${code})\n${this.output}`)));
    });
  }

  /** Processes that the server or an extension started, whose command line contains `text`. */
  processes(text = ''): ProcessInfo[] {
    return descendants(this.pid).filter((process) => process.command.includes(text));
  }

  /** Stops the server and everything it started. */
  async stop(): Promise<void> {
    process.removeListener('exit', this.killAtExit);
    const pid = this.process?.pid;
    this.process = undefined;
    if (pid) await endTree(pid);
  }

  /** Writes settings into the user's settings file, beside those already there; a window reads it when it opens. */
  async changeSettings(settings: Record<string, unknown>): Promise<void> {
    await mergeJson(join(this.userData, 'settings.json'), settings);
  }

  /** The logs whose path contains `name` (an extension's id, or a log's name), one after the other. */
  async logs(name: string): Promise<string> {
    const folder = join(this.folder, 'data', 'data', 'logs');
    if (!existsSync(folder)) return '';
    const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.log'));
    const texts = files
      .filter((file) => file.includes(name))
      .sort()
      .map((file) => readFile(join(folder, file), 'utf8'));
    return (await Promise.all(texts)).join('');
  }

  private serverArguments(): string[] {
    const data = ['--server-data-dir', join(this.folder, 'data'), '--extensions-dir', this.extensions];
    return [join('out', 'server-main.js'), '--accept-server-license-terms', '--telemetry-level', 'off', ...data];
  }

  private environment(): NodeJS.ProcessEnv {
    const { NODE_OPTIONS: _options, VITEST: _vitest, NODE_ENV: _environment, ...inherited } = process.env;
    const path = `${dirname(this.layout.node)}${delimiter}${inherited['PATH']}`;
    return { ...inherited, PATH: path, HOME: this.home, XDG_CONFIG_HOME: '', ...this.extraEnvironment };
  }
}

async function mergeJson(path: string, values: Record<string, unknown>): Promise<void> {
  const before = existsSync(path) ? (JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>) : {};
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify({ ...before, ...values }, null, 2));
}
