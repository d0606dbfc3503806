import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

/** What the files of a run tell beyond the list of runs. */
export interface RunDetails {
  /** What it is computed on; as long as the runtime has not told, what the configuration asks for. */
  device?: string;
  /** How many patterns say what learns, when no mode does. */
  layers?: number;
  trainedParameters?: number;
  warnings: string[];
}

const config = z.object({ device: z.string().optional(), layers: z.array(z.unknown()).optional() });
const manifest = z.object({
  device: z.string().optional(),
  trainedParameters: z.number().optional(),
  warnings: z.array(z.string()).default([]),
});

/** Reads the details; what cannot be read is left out. */
export async function readRunDetails(folder: string): Promise<RunDetails> {
  const [fromConfig, fromManifest] = await Promise.all([
    readParts(join(folder, 'config.json'), config),
    readParts(join(folder, 'manifest.json'), manifest),
  ]);
  return {
    device: fromManifest?.device ?? fromConfig?.device,
    layers: fromConfig?.layers?.length,
    trainedParameters: fromManifest?.trainedParameters,
    warnings: fromManifest?.warnings ?? [],
  };
}

async function readParts<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    return schema.safeParse(JSON.parse(await readFile(path, 'utf8'))).data;
  } catch {
    return undefined;
  }
}
