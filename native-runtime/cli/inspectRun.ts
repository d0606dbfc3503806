import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { readJsonObject } from '../formats/jsonFile';
import { checkpointSteps } from '../train/checkpoint';
import { readRunConfig } from '../train/resumeRun';
import { RunFolder } from '../train/runFolder';
import { readRunLog } from '../train/runLog';
import type { Inspection } from './inspect';

/** The folder of a run: how it stands and how the loss went. @throws ProductError when its files are damaged. */
export async function inspectRun(path: string): Promise<Inspection> {
  const folder = new RunFolder(path);
  const config = await readRunConfig(folder);
  const manifest = await readJsonObject(folder.manifest);
  const log = existsSync(folder.log) ? await readRunLog(folder.log) : [];
  const losses = log.filter(({ applied }) => applied).map(({ loss }) => loss);
  const tenth = Math.max(1, Math.floor(losses.length / 10));
  return {
    kind: 'run',
    path,
    status: manifest.status,
    step: manifest.step,
    steps: config.steps,
    base: config.base,
    concepts: config.concepts.map(
      ({ modifierToken, classNoun, folder: pictures }) => `${modifierToken} ${classNoun}: ${pictures}`,
    ),
    learns: config.layers ?? config.mode,
    learningRate: config.learningRate,
    trainedParameters: manifest.trainedParameters,
    ...(losses.length
      ? {
          loss: `${mean(losses.slice(0, tenth)).toFixed(4)} at first, ${mean(losses.slice(-tenth)).toFixed(4)} last (means of ${tenth} steps)`,
        }
      : {}),
    secondsPerStep: log.length ? Number(mean(log.map(({ seconds }) => seconds)).toFixed(3)) : undefined,
    checkpoints: await checkpointSteps(folder.checkpoints),
    samples: existsSync(folder.samples)
      ? (await readdir(folder.samples)).filter((name) => name.startsWith('step-')).sort()
      : [],
    ...(existsSync(folder.delta) ? { delta: folder.delta } : {}),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
