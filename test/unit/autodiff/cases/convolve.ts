import {
  conv,
  convTranspose,
  type ConvOptions,
  type Padding,
} from '../../../../native-runtime/graph/operators/convolve';
import { type RuleCase, x } from '../../../support/ruleCase';

const list = (shape: readonly number[]) => `[${shape.join(', ')}]`;

interface Geometry {
  shape: number[];
  weight: number[];
  stride?: number;
  padding?: Padding;
}

const geometries: Geometry[] = [
  { shape: [1, 2, 4, 3], weight: [3, 2, 1, 1] },
  { shape: [2, 1, 3, 3], weight: [2, 1, 1, 1], stride: 2 },
  { shape: [2, 2, 4, 5], weight: [3, 2, 3, 3], padding: [1, 1, 1, 1] },
  { shape: [1, 2, 5, 4], weight: [2, 2, 3, 3] },
  // Halving as the UNet does it, at even and odd sizes.
  { shape: [2, 2, 4, 6], weight: [2, 2, 3, 3], stride: 2, padding: [1, 1, 1, 1] },
  { shape: [1, 2, 5, 7], weight: [2, 2, 3, 3], stride: 2, padding: [1, 1, 1, 1] },
  // Halving as the autoencoder does it.
  { shape: [1, 2, 4, 6], weight: [3, 2, 3, 3], stride: 2, padding: [0, 0, 1, 1] },
  { shape: [1, 1, 5, 5], weight: [2, 1, 3, 3], stride: 2, padding: [0, 0, 1, 1] },
  { shape: [1, 2, 3, 4], weight: [2, 2, 3, 3], padding: [2, 0, 0, 2] },
  { shape: [1, 1, 3, 3], weight: [2, 1, 3, 3], padding: [2, 2, 1, 2] },
  { shape: [2, 1, 4, 4], weight: [1, 1, 2, 2], padding: [0, 0, 1, 1] },
  { shape: [1, 1, 4, 5], weight: [2, 1, 3, 1], padding: [1, 0, 1, 0] },
  { shape: [1, 1, 4, 5], weight: [1, 1, 1, 3], padding: [0, 2, 0, 0] },
  { shape: [1, 2, 4, 4], weight: [2, 2, 4, 4], stride: 4 },
  { shape: [1, 1, 7, 8], weight: [2, 1, 3, 3], stride: 3, padding: [1, 0, 0, 1] },
  { shape: [2, 2, 1, 1], weight: [2, 2, 3, 3], padding: [1, 1, 1, 1] },
];

const describe = ({ shape, weight, stride = 1, padding = [0, 0, 0, 0] }: Geometry) =>
  `${list(shape)} with ${list(weight)}, stride ${stride}, padding ${list(padding)}`;

/** The weight is an input (it may be trained), with and without a bias. */
const trained = geometries.flatMap((g): RuleCase[] => [
  {
    title: describe(g),
    inputs: [x(g.shape), x(g.weight), x([g.weight[0]!])],
    build: (a, w, b) => conv(a!, w!, b, g),
  },
  { title: `${describe(g)}, no bias`, inputs: [x(g.shape), x(g.weight)], build: (a, w) => conv(a!, w!, undefined, g) },
]);

/** So many cells that a file's weight is rotated instead. */
const large: Geometry = { shape: [1, 1, 23, 24], weight: [1, 1, 3, 3], padding: [1, 1, 1, 1] };

/** The weight lies in a file and is frozen or not: the gradients must be the same. */
const fromFile = [...geometries, large].map((g): RuleCase => ({
  title: `${describe(g)}, weight from a file`,
  inputs: [x(g.shape), { ...x(g.weight), file: true }, { ...x([g.weight[0]!]), file: true }],
  build: (a, w, b) => conv(a!, w!, b, g),
}));

/** Cases of convolutions. */
export const convolveCases: Record<string, RuleCase[]> = { Conv: [...trained, ...fromFile] };

const transposed = (y: number[], weight: number[], height: number, width: number, options: ConvOptions): RuleCase => ({
  title: `${list(y)} with ${list(weight)} to ${height} × ${width}, stride ${options.stride ?? 1}`,
  inputs: [x(y), x(weight)],
  build: (a, w) => convTranspose(a!, w!, height, width, options),
});

/** Cases of the transposed convolution, which has no gradient of its own. */
export const convTransposeCases: Record<string, RuleCase[]> = {
  ConvTranspose: [
    transposed([1, 3, 4, 3], [3, 2, 1, 1], 4, 3, {}),
    transposed([2, 2, 4, 5], [2, 3, 3, 3], 4, 5, { padding: [1, 1, 1, 1] }),
    transposed([1, 2, 2, 3], [2, 2, 3, 3], 4, 6, { stride: 2, padding: [1, 1, 1, 1] }),
    transposed([1, 2, 3, 4], [2, 1, 3, 3], 5, 7, { stride: 2, padding: [1, 1, 1, 1] }),
    transposed([1, 2, 2, 3], [2, 2, 3, 3], 4, 6, { stride: 2, padding: [0, 0, 1, 1] }),
  ],
};
