import { gradients } from '../autodiff/gradients';
import type { SessionOptions } from '../device/session';
import { timeGraphs, type TimedGraph } from '../device/timeGraphs';
import { graphCost, type GraphCost } from '../graph/cost';
import { conv } from '../graph/operators/convolve';
import { mul } from '../graph/operators/elementwise';
import { matMul } from '../graph/operators/matrix';
import { reduceMean, reduceSum } from '../graph/operators/reduce';
import { input, type Tensor } from '../graph/tensor';
import { resnetBlock } from '../models/blocks';
import { spatialTransformer } from '../models/transformer';
import { inputWeights, scope } from '../nn/weights';
import { elementCount, float32 } from '../tensorData';

/** What this machine does at present; what else it is busy with counts. */
export interface MachineSpeed {
  /** Floating-point operations a second of convolutions. */
  convolution: number;
  /** Floating-point operations a second of matrix products. */
  product: number;
  /** Bytes a second that other operators read and write. */
  movedBytes: number;
  /** Seconds it takes to call an operator, whatever it does. */
  call: number;
}

/** Seconds of running a graph once: kind by kind of operator, at the speed of that kind. */
export function secondsOf({ flops, convolutionFlops, movedBytes, nodes }: GraphCost, speed: MachineSpeed): number {
  return (
    convolutionFlops / speed.convolution +
    (flops - convolutionFlops) / speed.product +
    movedBytes / speed.movedBytes +
    nodes * speed.call
  );
}

const [rounds, limitSeconds] = [3, 1];
const measured = new Map<number, Promise<MachineSpeed>>();

/**
 * Measures the machine with small graphs, some 0.7 s of processor time; once for each number of threads in a process.
 * @throws ProductError `device`
 */
export function machineSpeed(options: SessionOptions = {}): Promise<MachineSpeed> {
  const key = options.threads ?? 0;
  const known = measured.get(key) ?? measure(options);
  measured.set(key, known);
  // A failure is not kept: who asks next tries again.
  known.catch(() => measured.delete(key));
  return known;
}

/**
 * Chains of one operator tell how the kinds compare. Alone they run faster than among others, where nothing they read was
 * used just before; so all are slowed down to what a piece of a training step takes.
 */
async function measure(options: SessionOptions): Promise<MachineSpeed> {
  const piece = pieceOfStep();
  const graphs = {
    convolution: graphOf(chains.convolution),
    product: graphOf(chains.product),
    movedBytes: graphOf(chains.movedBytes),
    call: graphOf(chains.call),
    piece,
  };
  const seconds = await timeGraphs(graphs, rounds, limitSeconds, options);
  const rate = (kind: keyof MachineSpeed) => (chains[kind].length * chains[kind].work) / seconds[kind];
  const alone: MachineSpeed = {
    convolution: rate('convolution'),
    product: rate('product'),
    movedBytes: rate('movedBytes'),
    call: 1 / rate('call'),
  };
  const slowdown = seconds.piece / secondsOf(graphCost(Object.values(piece.outputs)), alone);
  return {
    convolution: alone.convolution / slowdown,
    product: alone.product / slowdown,
    movedBytes: alone.movedBytes / slowdown,
    call: alone.call * slowdown,
  };
}

/** Equal operators one after the other on ones that stay ones. */
interface Chain {
  operator: (x: Tensor, y: Tensor) => Tensor;
  x: readonly number[];
  y: readonly number[];
  /** What `y` is filled with. */
  factor: number;
  length: number;
  /** Of one operator, in its unit. */
  work: number;
}

// Sizes as in the middle of a UNet: results of half a megabyte.
const [rows, channels, side, width] = [4, 128, 16, 384];
const elements = rows * channels * side * side;

const chains: Record<keyof MachineSpeed, Chain> = {
  convolution: {
    operator: (x, weight) => conv(x, weight, undefined, { padding: [1, 1, 1, 1] }),
    x: [rows, channels, side, side],
    y: [channels, channels, 3, 3],
    factor: 1 / (9 * channels),
    length: 2,
    work: 2 * 9 * channels * elements,
  },
  product: {
    operator: matMul,
    x: [width, width],
    y: [width, width],
    factor: 1 / width,
    length: 4,
    work: 2 * width ** 3,
  },
  movedBytes: { operator: mul, x: [elements], y: [elements], factor: 1, length: 16, work: 3 * 4 * elements },
  call: { operator: mul, x: [1], y: [1], factor: 1, length: 250, work: 1 },
};

/** The sum of the chain's end: one number leaves the session. */
function graphOf({ operator, x: shape, y: other, factor, length }: Chain): TimedGraph {
  const [first, second] = [input('x', shape), input('y', other)];
  let x = first;
  for (let i = 0; i < length; i++) x = operator(x, second);
  const axes = x.shape.map((_, axis) => axis);
  return { outputs: { sum: reduceSum(x, axes) }, feeds: { x: filledWith(shape, 1), y: filledWith(other, factor) } };
}

/** Forward and backward through two blocks of a UNet, of which the keys and values of the first cross-attention learn. */
function pieceOfStep(): TimedGraph {
  const shapes = new Map<string, readonly number[]>();
  const weights = inputWeights(shapes);
  const [xShape, textShape] = [
    [rows, channels, side, side],
    [rows, 77, channels],
  ];
  const text = input('text', textShape);
  let x = input('x', xShape);
  for (const name of ['0', '1']) {
    const block = scope(weights, name);
    x = resnetBlock(x, scope(block, 'resnet'), channels, { groups: 16, epsilon: 1e-5 });
    const context = { text, heads: 4, layers: 1, normGroups: 16, useLinearProjection: false, name };
    x = spatialTransformer(x, block, context);
  }
  const loss = reduceMean(mul(x, x), [0, 1, 2, 3]);
  const learning = ['to_k', 'to_v'].map((name) => `0.transformer_blocks.0.attn2.${name}.weight`);
  const slopes = gradients(
    loss,
    learning.map((name) => weights(name, shapes.get(name)!)),
  );
  const feeds = Object.fromEntries(
    [...shapes, ['x', xShape] as const, ['text', textShape] as const].map(([name, shape]) => [
      name,
      // Neither zero nor equal along an axis, or norms would have nothing to divide by.
      float32(
        shape,
        Float32Array.from({ length: elementCount(shape) }, (_, i) => 0.05 * Math.sin(i)),
      ),
    ]),
  );
  return { outputs: { loss, ...Object.fromEntries(slopes.map((slope, i) => [`slope.${i}`, slope])) }, feeds };
}

function filledWith(shape: readonly number[], value: number) {
  return float32(shape, new Float32Array(elementCount(shape)).fill(value));
}
