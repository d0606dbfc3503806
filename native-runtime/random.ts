/**
 * Counter-based randomness: (seed, purpose, step, index) → draw, by Philox 4×32-10 (Salmon et al., 2011).
 * There is no state to save, so a resumed run sees exactly the draws of one that never stopped.
 */
export class RandomStream {
  private readonly key0: number;
  private readonly key1: number;
  private block = 0;
  private readonly words = new Uint32Array(4);
  private used = 4;

  constructor(
    seed: number,
    purpose: string,
    private readonly step = 0,
    private readonly index = 0,
  ) {
    this.key0 = hashWords(purpose, seed >>> 0);
    this.key1 = hashWords(purpose, Math.floor(seed / 2 ** 32) >>> 0, 0x9e3779b9);
  }

  /** The next 32 random bits. */
  nextUint32(): number {
    if (this.used === 4) {
      philox(this.words, this.block++, this.step >>> 0, this.index >>> 0, this.key0, this.key1);
      this.used = 0;
    }
    return this.words[this.used++]!;
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return ((this.nextUint32() >>> 5) * 67108864 + (this.nextUint32() >>> 6)) / 9007199254740992;
  }

  /** A whole number in [low, high), as Python's randint of numpy. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low));
  }

  /** One element of a non-empty list. */
  choice<T>(items: readonly T[]): T {
    return items[this.integer(0, items.length)]!;
  }

  /** `count` standard normal values (Box–Muller). */
  normals(count: number): Float32Array {
    const out = new Float32Array(count);
    for (let i = 0; i < count; i += 2) {
      const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
      const angle = 2 * Math.PI * this.uniform();
      out[i] = radius * Math.cos(angle);
      if (i + 1 < count) out[i + 1] = radius * Math.sin(angle);
    }
    return out;
  }

  /** The whole numbers 0 … count-1 in random order (Fisher–Yates). */
  permutation(count: number): number[] {
    const order = Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = this.integer(0, i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  }
}

function hashWords(text: string, ...words: number[]): number {
  let h = 0x811c9dc5;
  const mix = (value: number) => {
    h = Math.imul(h ^ value, 0x01000193);
    h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
    h ^= h >>> 13;
  };
  for (let i = 0; i < text.length; i++) mix(text.charCodeAt(i));
  words.forEach(mix);
  return h >>> 0;
}

/** Ten rounds on a counter of four words. Noise takes hundreds of thousands of these a step, so nothing is allocated here. */
function philox(out: Uint32Array, c0: number, c1: number, c2: number, k0: number, k1: number): void {
  let c3 = 0;
  for (let round = 0; round < 10; round++) {
    const high0 = highWord(0xd251, 0x1f53, c0);
    const low0 = Math.imul(0xd2511f53, c0);
    const high1 = highWord(0xcd9e, 0x8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2);
    c0 = high1 ^ c1 ^ k0;
    c2 = high0 ^ c3 ^ k1;
    c1 = low1;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** The upper 32 bits of a product of 32-bit numbers, the first given in halves. No sum here reaches 2³². */
function highWord(high: number, low: number, value: number): number {
  const [valueHigh, valueLow] = [value >>> 16, value & 0xffff];
  const middle = high * valueLow + ((low * valueLow) >>> 16);
  return (high * valueHigh + (middle >>> 16) + ((low * valueHigh + (middle & 0xffff)) >>> 16)) | 0;
}
