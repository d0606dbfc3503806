import { cpus, platform, release, totalmem } from 'node:os';
import { onnxRuntimeVersion } from '../device/probe';
import { toolVersion } from '../toolVersion';

/** The machine in words: processor, cores, memory, system. */
export function describeMachine(): string {
  const model = (cpus()[0]?.model ?? 'unknown processor').replace(/\s+/g, ' ').trim();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${model}, ${cpus().length} cores, ${memory} GiB, ${platform()} ${release()}`;
}

/** What of ours was measured. */
export function ownVersions(): Record<string, string> {
  return { 'Custom Diffusion': toolVersion, 'ONNX Runtime': onnxRuntimeVersion, Node: process.versions.node };
}
