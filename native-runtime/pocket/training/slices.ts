import { existsSync } from 'node:fs';
import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openSafetensors, readTensors, writeSafetensors } from '../../formats/safetensors';
import type { TensorData } from '../../tensorData';
import { TrainState } from '../../train/state';

/** Where one stage of the pocket model's training keeps its state and record, so that it can stop and go on. */
export class StageFolder {
  constructor(
    readonly folder: string,
    private readonly stage: string,
  ) {}

  /** The saved state, or a fresh one over the weights `start`. */
  async load(start: ReadonlyMap<string, TensorData>): Promise<TrainState> {
    await mkdir(this.folder, { recursive: true });
    if (!existsSync(this.statePath)) return TrainState.start(start);
    const file = await openSafetensors(this.statePath);
    const all = await readTensors(file);
    const part = (prefix: string) =>
      new Map([...all].filter(([n]) => n.startsWith(`${prefix}.`)).map(([n, t]) => [n.slice(prefix.length + 1), t]));
    return TrainState.restore(part('weight'), part('m'), part('v'), Number(file.metadata.updates));
  }

  /** Replaces the saved state. */
  async save(state: TrainState): Promise<void> {
    const all = new Map<string, TensorData>();
    for (const [prefix, map] of [
      ['weight', state.weights],
      ['m', state.m],
      ['v', state.v],
    ] as const)
      for (const [name, tensor] of map) all.set(`${prefix}.${name}`, tensor);
    await writeSafetensors(this.statePath, all, { updates: String(state.updates) });
  }

  /** Adds one line to the stage's record. */
  async log(entry: Record<string, number | string>): Promise<void> {
    const line = JSON.stringify({ time: new Date().toISOString(), ...entry });
    console.log(`${this.stage} ${line}`);
    await appendFile(join(this.folder, `${this.stage}.jsonl`), `${line}\n`);
  }

  private get statePath(): string {
    return join(this.folder, `${this.stage}.safetensors`);
  }
}

/** A learning rate that warms up over `warmup` updates and falls to a tenth by a cosine at `total`. */
export function cosineRate(peak: number, update: number, warmup: number, total: number): number {
  const progress = Math.min(1, update / total);
  return peak * Math.min(1, (update + 1) / warmup) * (0.1 + 0.45 * (1 + Math.cos(Math.PI * progress)));
}
