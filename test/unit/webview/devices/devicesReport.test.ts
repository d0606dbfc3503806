import { expect, test } from 'vitest';
import { devicesReport } from '../../../../src/common/webview/devicesReport';
import { devicesToHost } from '../../../../src/common/webview/devices';

const surroundings = {
  editor: 'Code 1.99',
  extension: '0.1.0',
  system: 'Linux 6.1 x64',
  memory: { total: 16 * 2 ** 30, free: 3.25 * 2 ** 30 },
};

test('the report names every probe, its error line by line, and its remedy', () => {
  const report = devicesReport({
    status: 'ready',
    surroundings,
    runtime: {
      protocolVersion: 1,
      toolVersion: '0.1.0',
      onnxRuntimeVersion: '1.30.0',
      nodeVersion: '20.1.0',
      platform: 'linux-x64',
      pid: 7,
    },
    probes: [
      { name: 'cpu', usable: true, detail: 'a processor, 8 cores', milliseconds: 12 },
      {
        name: 'cuda',
        usable: false,
        detail: 'no NVIDIA driver found',
        error: 'Failed to load\nlibcudart',
        remedy: 'Install the driver',
        milliseconds: 300,
      },
    ],
  });
  expect(report.split('\n')).toEqual([
    'Custom Diffusion 0.1.0',
    'Editor: Code 1.99',
    'System: Linux 6.1 x64',
    'Memory: 16.0 GB, 3.3 GB free',
    'Engine: 0.1.0, protocol 1, linux-x64',
    'ONNX Runtime: 1.30.0',
    'Node.js: 20.1.0',
    '',
    'cpu: usable (12 ms)',
    '  a processor, 8 cores',
    '',
    'cuda: not usable (300 ms)',
    '  no NVIDIA driver found',
    '  error: Failed to load',
    '  error: libcudart',
    '  remedy: Install the driver',
    '',
  ]);
});

test('a runtime that did not start is in the report too', () => {
  const report = devicesReport({ status: 'failed', surroundings, probes: [], problem: 'it did not answer' });
  expect(report).toContain('Runtime: failed\nProblem: it did not answer');
});

test('unknown messages are refused', () => {
  expect(devicesToHost.safeParse({ type: 'run' }).success).toBe(false);
});
