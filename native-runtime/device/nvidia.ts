import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { CudaSetup } from '../../src/common/protocol/device';

/** NVIDIA's driver and the processors it knows. */
export type Nvidia = Pick<CudaSetup, 'driver' | 'gpus'>;

/** Where to look; tests look elsewhere. */
export interface NvidiaPlaces {
  /** Folders of programs, as in the environment. */
  programs: string;
  /** What the kernel tells of the driver. */
  kernel: string;
}

/** The tool waits for a driver that hangs; we do not. */
const LIMIT_MS = 10_000;

const here = (): NvidiaPlaces => ({ programs: process.env.PATH ?? '', kernel: '/proc/driver/nvidia' });

/** Asks the driver's own tool, and the kernel where there is none, as in slim containers. Nothing is loaded. */
export async function findNvidia(places: NvidiaPlaces = here()): Promise<Nvidia> {
  return (await askTool(places.programs)) ?? askKernel(places.kernel);
}

async function askTool(programs: string): Promise<Nvidia | undefined> {
  const name = process.platform === 'win32' ? 'nvidia-smi.exe' : 'nvidia-smi';
  const tool = programs
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
  if (tool === undefined) return undefined;
  const fields = ['driver_version', 'memory.total', 'compute_cap', 'name'];
  const args = [`--query-gpu=${fields.join()}`, '--format=csv,noheader,nounits'];
  try {
    const { stdout } = await promisify(execFile)(tool, args, { timeout: LIMIT_MS, windowsHide: true });
    return readTable(stdout);
  } catch {
    // A tool without a driver behind it, or an old one that does not know a field: the kernel has the last word.
    return undefined;
  }
}

/** One line a processor; the name comes last, as only it may hold a comma. */
function readTable(text: string): Nvidia | undefined {
  const rows = text
    .split(/\r?\n/)
    .map((line) => /^([\d.]+), ([\d.]+|\[.*?\]), ([\d.]+|\[.*?\]), (.+)$/.exec(line.trim()))
    .filter((row) => row !== null);
  const driver = rows[0]?.[1];
  if (driver === undefined) return undefined;
  const gpus = rows.map(([, , mebibytes, capability, name]) => ({
    name: name!,
    ...(Number(mebibytes) > 0 ? { memoryBytes: Number(mebibytes) * 2 ** 20 } : {}),
    ...(Number(capability) > 0 ? { computeCapability: Number(capability) } : {}),
  }));
  return { driver, gpus };
}

async function askKernel(folder: string): Promise<Nvidia> {
  const version = await readFile(join(folder, 'version'), 'utf8').catch(() => '');
  // "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14 …", with " for x86_64" in it for the open modules.
  const driver = /Kernel Module(?: for \S+)?\s+([\d.]+)/.exec(version)?.[1];
  const names = await readdir(join(folder, 'gpus')).catch(() => []);
  const gpus = await Promise.all(
    names.sort().map(async (name) => {
      const text = await readFile(join(folder, 'gpus', name, 'information'), 'utf8').catch(() => '');
      return { name: /^Model:\s*(.+)$/m.exec(text)?.[1]?.trim() ?? name };
    }),
  );
  return { ...(driver === undefined ? {} : { driver }), gpus };
}
