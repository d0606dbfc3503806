/** A map per token position: `data` is `[tokens, height, width]`, each value a mean probability. */
export interface AttentionMaps {
  tokens: number;
  height: number;
  width: number;
  data: Float32Array;
}
