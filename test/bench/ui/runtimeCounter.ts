import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkbenchLayout } from '../../e2e/support/layout';
import type { Workbench } from '../../e2e/support/workbench';

/** Times in ms since 1970 at which the runtime sent each kind of message. */
export type SentTimes = Record<string, number[]>;

/**
 * Counts what the runtime process sends to the host. The product's own setting for another Node program makes it start with a few
 * lines of ours before it; the messages themselves go their usual way.
 */
export class RuntimeCounter {
  private constructor(private readonly report: string) {}

  /** Takes effect for a runtime that starts after this; reloads the window. */
  static async install(workbench: Workbench, layout: WorkbenchLayout): Promise<RuntimeCounter> {
    const { folder } = workbench.server;
    const [report, counter, node] = ['sent.json', 'counter.cjs', 'node'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await writeFile(counter, counterSource(report));
    await writeFile(node, `#!/bin/sh\nexec '${layout.node}' --require '${counter}' "$@"\n`, { mode: 0o755 });
    // A machine's paths are read from the machine's settings, not from the user's.
    const settings = join(workbench.server.userData, '..', 'Machine', 'settings.json');
    await writeFile(settings, JSON.stringify({ 'customDiffusion.runtime.nodePath': node }));
    await workbench.reload();
    return new RuntimeCounter(report);
  }

  /** What was sent up to half a second ago. */
  async read(): Promise<SentTimes> {
    return JSON.parse(await readFile(this.report, 'utf8')) as SentTimes;
  }
}

function counterSource(report: string): string {
  return `
const { writeFileSync } = require('node:fs');
const sent = {};
const send = process.send;
process.send = (message, ...rest) => {
  (sent[message?.method ?? 'answers'] ??= []).push(Date.now());
  return send.call(process, message, ...rest);
};
const write = () => writeFileSync(${JSON.stringify(report)}, JSON.stringify(sent));
setInterval(write, 250).unref();
process.on('exit', write);
`;
}
