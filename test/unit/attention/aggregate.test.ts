import { describe, expect, it } from 'vitest';
import { openSafetensors, readTensors } from '../../../native-runtime/formats/safetensors';
import { AttentionAccumulator, type LayerAttention } from '../../../native-runtime/attention/aggregate';
import { resizeMap } from '../../../src/common/attention/resizeMap';
import { RandomStream } from '../../../native-runtime/random';
import { float32 } from '../../../native-runtime/tensorData';

const TOKENS = 7;

/** Softmax-like probabilities `[rows, heads, height·width, TOKENS]`. */
function randomLayer(
  layer: string,
  height: number,
  width: number,
  heads: number,
  step: number,
  rows = 2,
): LayerAttention {
  const stream = new RandomStream(5, layer, step);
  const count = rows * heads * height * width;
  const data = new Float32Array(count * TOKENS);
  for (let i = 0; i < count; i++) {
    const draws = Array.from({ length: TOKENS }, () => Math.exp(3 * stream.uniform()));
    const sum = draws.reduce((a, b) => a + b);
    draws.forEach((value, token) => (data[i * TOKENS + token] = value / sum));
  }
  return { layer, height, width, probabilities: float32([rows, heads, height * width, TOKENS], data) };
}

/** The mean over heads, as a graph would deliver it. */
function averaged(attention: LayerAttention): LayerAttention {
  const [rows = 0, heads = 0, pixels = 0] = attention.probabilities.shape;
  const out = float32([rows, pixels, TOKENS]);
  const block = pixels * TOKENS;
  for (let r = 0; r < rows; r++)
    for (let h = 0; h < heads; h++)
      for (let i = 0; i < block; i++)
        out.data[r * block + i]! +=
          (attention.probabilities.data as Float32Array)[(r * heads + h) * block + i]! / heads;
  return { ...attention, probabilities: out, heads };
}

const sizes = { pictures: 2, latentHeight: 6, latentWidth: 10, tokens: TOKENS };
const step = (s: number) => [
  randomLayer('down_blocks.0.attn2', 6, 10, 2, s),
  randomLayer('up_blocks.1.attn2', 3, 5, 4, s),
];

/** The largest difference of two lists of numbers. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((max, value, i) => Math.max(max, Math.abs(value - b[i]!)), 0);
}

describe('the running mean of attention', () => {
  it('equals the mean computed at once from everything', () => {
    const accumulator = new AttentionAccumulator(sizes);
    for (let s = 0; s < 4; s++) accumulator.addStep(step(s));
    const picture = 1;
    const expected = new Float64Array(TOKENS * 60);
    // Written from the definition: (sum over layer and head of the resized mean over steps) / 6 heads in all.
    for (const [index, [height, width, heads]] of [[6, 10, 2] as const, [3, 5, 4] as const].entries()) {
      for (let token = 0; token < TOKENS; token++) {
        const mean = new Float32Array(height * width);
        for (let s = 0; s < 4; s++) {
          const data = step(s)[index]!.probabilities.data as Float32Array;
          for (let h = 0; h < heads; h++)
            for (let i = 0; i < mean.length; i++)
              mean[i]! += data[((picture * heads + h) * mean.length + i) * TOKENS + token]! / (4 * heads);
        }
        resizeMap(mean, height, width, 6, 10).forEach((value, i) => {
          expected[token * 60 + i]! += (heads / 6) * Math.max(0, value);
        });
      }
    }
    expect(difference(accumulator.result(picture).mean.data, expected)).toBeLessThan(1e-6);
    expect(accumulator.result(picture).steps).toBe(4);
  });

  it('is the same for maps averaged over heads beforehand', () => {
    const [whole, before] = [new AttentionAccumulator(sizes), new AttentionAccumulator(sizes)];
    for (let s = 0; s < 3; s++) {
      whole.addStep(step(s));
      before.addStep(step(s).map(averaged));
    }
    expect(difference(whole.result(0).mean.data, before.result(0).mean.data)).toBeLessThan(1e-6);
  });

  it('of probabilities adds up to about 1 over all tokens, at every pixel', () => {
    const accumulator = new AttentionAccumulator(sizes);
    accumulator.addStep(step(0));
    const { data } = accumulator.result(0).mean;
    for (let i = 0; i < 60; i++) {
      let sum = 0;
      for (let token = 0; token < TOKENS; token++) sum += data[token * 60 + i]!;
      expect(sum).toBeCloseTo(1, 5);
    }
  });

  it('takes the rows it is told, so that guidance’s unconditional half stays out', () => {
    const one = { ...sizes, pictures: 1 };
    const [second, alone] = [new AttentionAccumulator(one), new AttentionAccumulator(sizes)];
    second.addStep(step(0), [1]);
    alone.addStep(step(0));
    expect(second.result(0).mean.data).toEqual(alone.result(1).mean.data);
    expect(second.result(0).mean.data).not.toEqual(alone.result(0).mean.data);
  });

  it('leaves the middle block out unless asked', () => {
    const middle = randomLayer('mid_block.attentions.0.attn2', 2, 3, 2, 0);
    const [without, withIt] = [sizes, { ...sizes, includeLayer: () => true }].map((o) => new AttentionAccumulator(o));
    without!.addStep([...step(0), middle]);
    withIt!.addStep([...step(0), middle]);
    const plain = new AttentionAccumulator(sizes);
    plain.addStep(step(0));
    expect(without!.result(0).mean.data).toEqual(plain.result(0).mean.data);
    expect(withIt!.result(0).mean.data).not.toEqual(plain.result(0).mean.data);
  });

  it('keeps layers and steps only on request, and they are the parts of the whole', () => {
    const plain = new AttentionAccumulator(sizes);
    const full = new AttentionAccumulator({ ...sizes, perLayer: true, perStep: true });
    for (let s = 0; s < 3; s++) [plain, full].forEach((a) => a.addStep(step(s)));
    expect([plain.result(0).perLayer.size, plain.result(0).perStep.length]).toEqual([0, 0]);
    const { mean, perLayer, perStep } = full.result(0);
    expect([...perLayer].map(([name, m]) => [name, m.height, m.width])).toEqual([
      ['down_blocks.0.attn2', 6, 10],
      ['up_blocks.1.attn2', 3, 5],
    ]);
    // Nothing undershoots in these maps, so the mean of the steps is the whole.
    const stepMean = mean.data.map((_, i) => perStep.reduce((sum, maps) => sum + maps.data[i]! / 3, 0));
    expect(difference(stepMean, mean.data)).toBeLessThan(1e-4);
    const single = new AttentionAccumulator(sizes);
    single.addStep(step(2));
    expect(perStep[2]!.data).toEqual(single.result(0).mean.data);
  });

  it('keeps only the first token positions when asked', () => {
    const [all, few] = [new AttentionAccumulator(sizes), new AttentionAccumulator({ ...sizes, tokens: 3 })];
    [all, few].forEach((a) => a.addStep(step(0)));
    expect(few.result(1).mean.data).toEqual(all.result(1).mean.data.slice(0, 3 * 60));
  });

  it.each<[string, (layers: LayerAttention[]) => [LayerAttention[], number[]?]]>([
    ['a size that is not the tensor’s', ([a]) => [[{ ...a!, width: 9 }]]],
    ['height and width exchanged between steps', ([a]) => [[{ ...a!, height: 10, width: 6 }]]],
    ['a row that does not exist', (l) => [l, [0, 2]]],
    ['rows for another number of pictures', (l) => [l, [0]]],
    ['fewer token positions than asked for', ([a]) => [[{ ...a!, probabilities: float32([2, 2, 60, 6]) }]]],
  ])('refuses %s and counts nothing of that step', (_, change) => {
    const accumulator = new AttentionAccumulator(sizes);
    accumulator.addStep(step(0));
    const before = accumulator.result(0);
    expect(() => accumulator.addStep(...change(step(1)))).toThrow(expect.objectContaining({ code: 'internal' }));
    expect(accumulator.result(0)).toEqual(before);
  });

  it('says so when a probability was not a number, and when nothing came', () => {
    const accumulator = new AttentionAccumulator(sizes);
    expect(() => accumulator.result(0)).toThrow(/no cross-attention/);
    const layers = step(0);
    layers[0]!.probabilities.data[3] = NaN;
    accumulator.addStep(layers);
    expect(() => accumulator.result(0)).toThrow(expect.objectContaining({ code: 'not-finite' }));
  });
});

describe('recorded attention of real layers', () => {
  it.each([
    ['sd1', 15],
    ['sd2', 6],
    ['sdxl', 10],
  ])('%s: %i layers outside the middle count, and every pixel’s probabilities add up to 1', async (family, layers) => {
    const tensors = await readTensors(await openSafetensors(`test/fixtures/${family}/unet.safetensors`));
    const recorded = [...tensors].flatMap(([name, probabilities]): LayerAttention[] => {
      const layer = /^attention\.(.+)$/.exec(name)?.[1];
      const side = Math.sqrt(probabilities.shape[2]!);
      return layer ? [{ layer, height: side, width: side, probabilities }] : [];
    });
    const options = { pictures: 1, latentHeight: 8, latentWidth: 8, tokens: 77, perLayer: true };
    const accumulator = new AttentionAccumulator(options);
    accumulator.addStep(recorded, [1]);
    const { mean, perLayer } = accumulator.result(0);
    expect(perLayer.size).toBe(layers);
    for (let i = 0; i < 64; i++) {
      let sum = 0;
      for (let token = 0; token < 77; token++) sum += mean.data[token * 64 + i]!;
      expect(sum).toBeCloseTo(1, 4);
    }
  });
});

describe('bicubic resizing', () => {
  it.each([
    [3, 5, 24, 40],
    [1, 1, 7, 3],
    [8, 4, 64, 32],
    [16, 16, 5, 9],
  ])('a constant map stays constant (%i×%i to %i×%i)', (h, w, H, W) => {
    const out = resizeMap(new Float32Array(h * w).fill(0.37), h, w, H, W);
    expect(out).toHaveLength(H * W);
    out.forEach((value) => expect(value).toBeCloseTo(0.37, 6));
  });

  it('gives PyTorch’s numbers for one row of four enlarged to eight', () => {
    // The weights at offsets 1/4 and 3/4 of Keys' kernel with a = -0.75, by hand.
    const near = [-0.10546875, 0.87890625, 0.26171875, -0.03515625];
    const far = [...near].reverse();
    const source = [1, 2, 4, 8];
    const at = (i: number) => source[Math.min(3, Math.max(0, i))]!;
    const expected = Array.from({ length: 8 }, (_, i) => {
      const base = i % 2 === 0 ? i / 2 - 1 : (i - 1) / 2;
      return (i % 2 === 0 ? far : near).reduce((sum, weight, k) => sum + weight * at(base - 1 + k), 0);
    });
    expect(difference(resizeMap(Float32Array.from(source), 1, 4, 1, 8), expected)).toBeLessThan(1e-6);
  });

  it('keeps a blob where it was in a picture that is not square', () => {
    const map = new Float32Array(4 * 12);
    map[1 * 12 + 9] = 1;
    const out = resizeMap(map, 4, 12, 32, 96);
    const top = out.indexOf(out.reduce((a, b) => Math.max(a, b)));
    expect([Math.floor(top / 96) >> 3, (top % 96) >> 3]).toEqual([1, 9]);
  });
});
