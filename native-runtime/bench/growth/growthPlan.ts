import { flopsOf, graphCost } from '../../graph/cost';
import { bytesOf, views } from '../../graph/memory';
import { sortNodes } from '../../graph/nodeOrder';
import type { Node, Tensor } from '../../graph/tensor';
import type { BaseModel } from '../../models/baseModel';
import { diffusionForward } from '../../train/diffusionGraph';
import { lossAndGradients } from '../../train/stepGraph';
import { benchStep } from '../benchStep';
import type { GrowthCase } from './growthCases';

/** What a step takes by its graph, and what the model itself asks for. */
export interface GrowthPlan {
  /** Floating-point operations. */
  flops: number;
  /** The least: each product of the prediction, and one more for each gradient that is needed of it. */
  modelFlops: number;
  /** Operators that are called. */
  calls: number;
  /** Those of the prediction. */
  modelCalls: number;
  /** The most bytes that results take at one time. */
  peakBytes: number;
  /** Bytes of all results of the model, which the backward pass may want. */
  modelBytes: number;
}

/** Counts both from their graphs; nothing is run. */
export function growthPlan(base: BaseModel, { resolution, ...rest }: GrowthCase): GrowthPlan {
  const cells = resolution / base.vae.config.scaleFactor;
  const shape = { rows: rest.rows, height: cells, width: cells };
  const options = benchStep({ ...rest, session: {} });
  const { loss, rowLosses, trainables } = lossAndGradients(base, shape, options);
  const step = graphCost([loss, rowLosses, ...trainables.map(({ gradient }) => gradient)]);
  const forward = diffusionForward(base, shape, { unet: new Map(), modifierRows: [] }, options);
  const model = graphCost([forward.loss]);
  const learned = trainables.map(({ value }) => value);
  return {
    flops: step.flops,
    modelFlops: leastFlops(loss, learned),
    calls: step.nodes,
    modelCalls: model.nodes,
    peakBytes: step.peakBytes,
    modelBytes: resultBytes(forward.loss),
  };
}

function resultBytes(output: Tensor): number {
  const made = sortNodes([output]).filter(({ op }) => !views.has(op));
  return made.flatMap(({ outputs }) => outputs).reduce((sum, tensor) => sum + bytesOf(tensor), 0);
}

/** Of the forward pass and of the gradients on the way from the loss to what learns. */
function leastFlops(loss: Tensor, learned: readonly Tensor[]): number {
  const reached = new Set<Tensor>(learned);
  let flops = 0;
  for (const node of sortNodes([loss])) {
    const wanted = node.inputs.filter((x) => x && reached.has(x));
    if (wanted.length) node.outputs.forEach((output) => reached.add(output));
    flops += flopsOf(node) * (1 + gradientProducts(node, reached));
  }
  return flops;
}

/** How many times an operator's own products its gradients are. */
function gradientProducts({ op, inputs }: Node, reached: ReadonlySet<Tensor>): number {
  const isWanted = inputs.map((x) => x !== undefined && reached.has(x));
  if (op !== 'MultiHeadAttention') return isWanted.slice(0, 2).filter(Boolean).length;
  // Of its two products: one each for q, k and v, and one for the probabilities, which q and k are reached through.
  const [q, k, v] = isWanted;
  return ([q, k, v].filter(Boolean).length + Number(q || k)) / 2;
}
