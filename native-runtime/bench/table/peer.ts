import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ProductError } from '../../../src/common/errors';
import { runTool } from '../runTool';

/** How the reference is called: a program and its first arguments; a task and its flags follow. */
export function peerCommand(text: string, python: string): string[] {
  if (!existsSync(text)) {
    const words = text.trim().split(/\s+/);
    if (words.length > 1) return words;
    throw new ProductError('bad-input', '--peer', `no such file or folder: ${text}`, 'Name the script that times it');
  }
  return [python, statSync(text).isDirectory() ? join(text, 'bench_peer.py') : text];
}

/** The version of diffusers that the program's Python has; empty when it cannot be asked. */
export async function diffusersVersion([program]: readonly string[]): Promise<Record<string, string>> {
  const ask = 'import importlib.metadata, json; print(json.dumps(importlib.metadata.version("diffusers")))';
  const told = await runTool([program!, '-c', ask]).catch(() => undefined);
  return typeof told === 'string' ? { diffusers: told } : {};
}
