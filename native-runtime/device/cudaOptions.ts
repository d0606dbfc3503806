/**
 * Whether products of single-precision matrices may be rounded to TF32 on NVIDIA processors. Never here: where 32 bits are asked for,
 * they are meant; speed comes from 16-bit graphs. ONNX Runtime's binding for Node has no option for it and its own default is to round,
 * so CUDA's libraries are told by their environment variable, which they read when the first session is made. A value that is set already
 * is the user's choice.
 */
export function forbidTf32(environment: NodeJS.ProcessEnv = process.env): void {
  environment.NVIDIA_TF32_OVERRIDE ??= '0';
}
