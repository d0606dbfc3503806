import { add, mul } from '../../../../native-runtime/graph/operators/elementwise';
import * as ops from '../../../../native-runtime/graph/operators/layout';
import { type RuleCase, x } from '../../../support/ruleCase';

const list = (shape: readonly number[]) => `[${shape.join(', ')}]`;

const reshape = (from: number[], to: number[]): RuleCase => ({
  title: `${list(from)} to ${list(to)}`,
  inputs: [x(from)],
  build: (a) => ops.reshape(a!, to),
});

const transpose = (shape: number[], permutation: number[]): RuleCase => ({
  title: `${list(shape)} by ${list(permutation)}`,
  inputs: [x(shape)],
  build: (a) => ops.transpose(a!, permutation),
});

const concat = (axis: number, ...shapes: number[][]): RuleCase => ({
  title: `${shapes.map(list).join(' ')} on axis ${axis}`,
  inputs: shapes.map((shape) => x(shape)),
  build: (...parts) => ops.concat(parts, axis),
});

const slice = (shape: number[], axis: number, start: number, end: number, step = 1): RuleCase => ({
  title: `${start}:${end}:${step} of axis ${axis} in ${list(shape)}`,
  inputs: [x(shape)],
  build: (a) => ops.slice(a!, axis, start, end, step),
});

const flip = (shape: number[], axes: number[]): RuleCase => ({
  title: `${list(shape)} reversed along ${list(axes)}`,
  inputs: [x(shape)],
  build: (a) => ops.flip(a!, axes),
});

const split = (shape: number[], axis: number, parts: number): RuleCase => ({
  title: `${list(shape)} on axis ${axis} into ${parts}`,
  inputs: [x(shape)],
  build: (a) => {
    const [first, ...others] = ops.split(a!, axis, parts);
    // Unequal weights, so that parts in the wrong order would show.
    return others.reduce((sum, part, i) => add(sum, mul(part, i + 2)), first!);
  },
});

const expand = (from: number[], to: number[]): RuleCase => ({
  title: `${list(from)} to ${list(to)}`,
  inputs: [x(from)],
  build: (a) => ops.expand(a!, to),
});

const pad = (shape: number[], before: number[], after: number[]): RuleCase => ({
  title: `${list(shape)} by ${list(before)} and ${list(after)}`,
  inputs: [x(shape)],
  build: (a) => ops.pad(a!, before, after),
});

const gather = (table: number[], shape: number[], values: number[]): RuleCase => ({
  title: `rows ${list(values)} as ${list(shape)} of ${list(table)}`,
  inputs: [x(table), { shape, values, dtype: 'int64', fixed: true }],
  build: (t, indices) => ops.gather(t!, indices!),
});

const upsample = (shape: number[]): RuleCase => ({
  title: list(shape),
  inputs: [x(shape)],
  build: (a) => ops.upsampleNearest2(a!),
});

/** Cases of the operators that move values without changing them. */
export const layoutCases: Record<string, RuleCase[]> = {
  Reshape: [
    reshape([6], [2, 3]),
    reshape([2, 3, 4], [6, -1]),
    reshape([2, 2], [1, 4, 1]),
    reshape([1, 1], []),
    reshape([], [1]),
  ],
  Transpose: [
    transpose([2, 3], [1, 0]),
    transpose([2, 3, 4], [2, 0, 1]),
    transpose([2, 3, 4], [1, 2, 0]),
    transpose([2, 1, 3, 2], [0, 2, 1, 3]),
    transpose([2, 3, 1, 2], [3, 1, 0, 2]),
  ],
  Concat: [
    concat(0, [2, 3], [1, 3]),
    concat(-1, [2, 3], [2, 1], [2, 2]),
    concat(1, [1, 2, 2], [1, 1, 2]),
    {
      title: 'one tensor twice',
      inputs: [x([2, 2]), x([2, 1])],
      build: (a, b) => ops.concat([a!, b!, a!], 1),
    },
  ],
  Slice: [
    slice([7], 0, 2, 5),
    slice([2, 5], -1, 0, 3),
    slice([3, 4], 0, 1, 3),
    slice([7], 0, 0, 7, 2),
    slice([8], 0, 0, 8, 2),
    slice([8], 0, 1, 8, 3),
    slice([9], 0, 2, 6, 3),
    slice([2, 7, 3], 1, 1, 6, 2),
    slice([2, 3, 7], 2, 0, 6, 5),
    slice([2, 3], 1, 1, 2, 4),
    flip([5], [0]),
    flip([2, 3], [1]),
    flip([2, 3, 2], [0, 2]),
  ],
  Split: [
    split([4], 0, 2),
    split([2, 6], -1, 3),
    split([2, 4, 3], 1, 2),
    { title: 'only the second part', inputs: [x([2, 4])], build: (a) => ops.split(a!, 1, 2)[1]! },
  ],
  Expand: [
    expand([3], [2, 3]),
    expand([2, 1], [2, 4]),
    expand([1, 2, 1], [3, 2, 2]),
    expand([], [2, 2]),
    expand([1], [1, 3]),
  ],
  Pad: [
    pad([3], [1], [2]),
    pad([2, 3], [0, 2], [1, 0]),
    pad([1, 2, 2, 2], [0, 0, 1, 0], [0, 0, 0, 2]),
    pad([2, 2], [0, 0], [0, 1]),
  ],
  Gather: [
    gather([4, 3], [5], [0, 3, 3, 1, 0]),
    gather([3, 2], [2, 3], [2, 2, 2, 0, 1, 2]),
    gather([5], [3], [4, 1, 4]),
    gather([3, 2, 2], [2], [2, 0]),
    gather([4, 2], [], [3]),
    gather([4, 2], [5], [-1, 0, -4, 3, -1]),
  ],
  BlockEnd: [[3], [2, 1], [1, 2, 3]].map((shape) => ({
    title: list(shape),
    inputs: [x(shape)],
    build: (a) => ops.blockEnd(ops.flip(a!, [0])),
  })),
  Resize: [upsample([1, 1, 1, 1]), upsample([1, 2, 3, 2]), upsample([2, 1, 2, 3])],
};
