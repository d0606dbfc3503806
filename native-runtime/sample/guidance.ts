/**
 * Classifier-free guidance (Ho and Salimans, 2022): `u + scale·(c − u)`, from the model outputs for the negative and for the positive
 * prompt, both of the same size. Scale 1 is the positive prompt alone.
 */
export function guide(unconditional: Float32Array, conditional: Float32Array, scale: number): Float32Array {
  return unconditional.map((u, i) => u + scale * (conditional[i]! - u));
}
