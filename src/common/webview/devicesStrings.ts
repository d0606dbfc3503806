/** The texts of the Devices page in English; `{0}`, `{1}` are filled in by the page. */
export const devicesStrings = {
  title: 'Devices',
  intro: 'A graph of one operator was compiled and run on each device.',
  untrusted: 'This workspace is not trusted. Probing devices starts the runtime, which needs trust.',
  manageTrust: 'Manage Trust',
  probing: 'Probing devices…',
  failed: 'The devices could not be probed.',
  probeAgain: 'Probe Again',
  copy: 'Copy Diagnostics',
  showLog: 'Show Log',

  cpu: 'Processor (CPU)',
  webgpu: 'WebGPU',
  cuda: 'CUDA',
  usable: 'Usable',
  notUsable: 'Not usable',
  took: 'Probed in {0} ms',
  remedy: 'What to do',
  installCuda: 'Install CUDA Support…',
  rawError: 'Message of ONNX Runtime',

  cudaUsed: 'CUDA works on this machine; runs whose device is “cuda” use it.',
  cudaNotUsed: 'CUDA is not used: {0}.',
  trainsOn: 'What is left to “auto” is computed on the processor.',

  versions: 'Versions',
  extension: 'Extension',
  editor: 'Editor',
  engine: 'Engine',
  onnxRuntime: 'ONNX Runtime',
  node: 'Node.js of the runtime',
  platform: 'Platform',
  system: 'System',
  memory: 'Memory',
  memoryValue: '{0} GB, {1} GB free',
};

/** See {@link devicesStrings}. */
export type DevicesStrings = typeof devicesStrings;
