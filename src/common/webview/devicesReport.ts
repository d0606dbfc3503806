import type { DevicesState } from './devices';

/** Bytes in GB with one digit. */
export function gigabytes(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(1);
}

/** The page as plain text for a bug report, in English whatever the editor's language. */
export function devicesReport({ status, probes, runtime, surroundings, problem }: DevicesState): string {
  const { editor, extension, system, memory } = surroundings;
  const lines = [
    `Custom Diffusion ${extension}`,
    `Editor: ${editor}`,
    `System: ${system}`,
    `Memory: ${gigabytes(memory.total)} GB, ${gigabytes(memory.free)} GB free`,
    ...(runtime
      ? [
          `Engine: ${runtime.toolVersion}, protocol ${runtime.protocolVersion}, ${runtime.platform}`,
          `ONNX Runtime: ${runtime.onnxRuntimeVersion}`,
          `Node.js: ${runtime.nodeVersion}`,
        ]
      : [`Runtime: ${status}`]),
    ...(problem ? [`Problem: ${problem}`] : []),
  ];
  for (const { name, usable, detail, error, remedy, milliseconds } of probes) {
    lines.push('', `${name}: ${usable ? 'usable' : 'not usable'} (${milliseconds} ms)`, `  ${detail}`);
    if (error) lines.push(...error.split(/\r?\n/).map((line) => `  error: ${line}`));
    if (remedy) lines.push(`  remedy: ${remedy}`);
  }
  return `${lines.join('\n')}\n`;
}
