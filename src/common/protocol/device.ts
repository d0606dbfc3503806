import * as z from 'zod';

/** Where graphs can run. */
export const deviceNames = ['cpu', 'webgpu', 'cuda'] as const;

/** What may be asked for as device; `auto` leaves it to the product. */
export const deviceChoices = ['auto', ...deviceNames] as const;

/** How exactly products are computed: `mixed` in 16 bits, with norms, sums and what is trained in 32; `auto` where it is of use. */
export const precisionChoices = ['auto', 'single', 'mixed'] as const;

/** What graphs are to run on, and how. */
export const computingChoice = z.object({
  device: z.enum(deviceChoices).optional(),
  precision: z.enum(precisionChoices).optional(),
});

/** See {@link computingChoice}. */
export type ComputingChoice = z.infer<typeof computingChoice>;

/** What graphs ran on. */
export const computedOn = z.object({
  device: z.enum(deviceNames),
  /** Products were computed in 16 bits. */
  mixedPrecision: z.boolean(),
});

/** See {@link computedOn}. */
export type ComputedOn = z.infer<typeof computedOn>;

/** What a probe of one device found: a graph of one operator was compiled and run on it. */
export const deviceProbe = z.object({
  name: z.enum(deviceNames),
  usable: z.boolean(),
  /** What the device is, such as the processor's name and its cores; for a device that cannot be used, what is missing. */
  detail: z.string(),
  /** The runtime's own message, word for word, when the probe failed. */
  error: z.string().optional(),
  /** What would make it usable. */
  remedy: z.string().optional(),
  /** Whether installing CUDA support would help. */
  installable: z.boolean().optional(),
  milliseconds: z.number(),
});

/** See {@link deviceProbe}. */
export type DeviceProbe = z.infer<typeof deviceProbe>;

/** What of CUDA is on a machine. */
export const cudaSetup = z.object({
  /** The version of NVIDIA's driver. */
  driver: z.string().optional(),
  gpus: z.array(
    z.object({ name: z.string(), memoryBytes: z.number().optional(), computeCapability: z.number().optional() }),
  ),
  /** The folder that ONNX Runtime's libraries for CUDA are in, when they are there. */
  libraries: z.string().optional(),
  /** Why those libraries would be of no use here. */
  obstacle: z.object({ problem: z.string(), remedy: z.string() }).optional(),
});

/** See {@link cudaSetup}. */
export type CudaSetup = z.infer<typeof cudaSetup>;

/** What was installed for CUDA. */
export const cudaInstallation = z.object({ folder: z.string(), files: z.array(z.string()), bytes: z.number() });

/** See {@link cudaInstallation}. */
export type CudaInstallation = z.infer<typeof cudaInstallation>;

/** The runtime's answer to the host's first message. */
export const handshake = z.object({
  protocolVersion: z.int(),
  toolVersion: z.string(),
  onnxRuntimeVersion: z.string(),
  nodeVersion: z.string(),
  platform: z.string(),
  pid: z.int(),
});

/** See {@link handshake}. */
export type Handshake = z.infer<typeof handshake>;
