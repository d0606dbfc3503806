import { fileRows, fromFile } from '../../graph/fileWeight';
import { bytesOf } from '../../graph/memory';
import { add } from '../../graph/operators/elementwise';
import { concat, reshape, slice, transpose } from '../../graph/operators/layout';
import { gemm, matMul } from '../../graph/operators/matrix';
import { viewAfter, zeroAfter } from '../../graph/operators/order';
import { apply1, constant, integers, type Tensor } from '../../graph/tensor';
import { elementCount } from '../../tensorData';
import { inputTransform, kernelTransform, outputTransform, tileCells, tileInputs, tileProducts } from './filtering';

/** A 3×3 convolution with one cell of zeros around the picture. */
export interface Convolution {
  /** [batch, channels, height, width], both sides divisible by 4. */
  x: Tensor;
  /** [out, channels, 3, 3] */
  kernel: Tensor;
  /** [out] */
  bias?: Tensor;
  /** A zero, int64 [1], that is not known before the graph runs. */
  zero: Tensor;
}

/** How many bytes of intermediate results may exist at a time. */
export interface WorkingMemory {
  /** Of a kernel's factors. */
  factors: number;
  /** Of a picture's tiles, in each of their three forms. */
  tiles: number;
}

const usual: WorkingMemory = { factors: 12 * 2 ** 20, tiles: 16 * 2 ** 20 };

/**
 * The convolution with a quarter of the products: tiles of 4×4 cells by F(4×4, 3×3) of minimal filtering (Lavin and Gray, 2016). Kernels are
 * transformed in every run, so that no second copy of them stays in memory. Result: [batch, out, height, width].
 */
export function winogradConv(convolution: Convolution, memory: WorkingMemory = usual): Tensor {
  const { x, kernel, bias, zero } = convolution;
  const out = kernel.dim(0);
  const bands = bandsOf(x, out, memory.tiles);
  const tiles = bands.map((band) => tilesOf(x, band, zero));
  const perPart = partsOf(kernel, memory.factors).map((part) => {
    const factors = factorsOf(part, tiles[0]!);
    return bands.map((band, i) => cellsOf(matMul(factors, tiles[i]!), x, band));
  });
  const perBand = bands.map((_, i) => perPart.map((part) => part[i]!));
  const y = concat(
    perBand.map((parts) => concat(parts, 1)),
    2,
  );
  return bias ? add(y, reshape(bias, [out, 1, 1])) : y;
}

/** Rows of the picture that are computed together. */
interface Band {
  start: number;
  end: number;
}

function bandsOf(x: Tensor, out: number, mostBytes: number): Band[] {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const rowOfTiles = (4 * batch * Math.max(channels, out) * tileProducts * width) / tileCells;
  const rows = tileCells * Math.max(1, Math.floor(mostBytes / rowOfTiles));
  const bands: Band[] = [];
  for (let start = 0; start < height; start += rows) bands.push({ start, end: Math.min(height, start + rows) });
  return bands;
}

/** The kernel in parts of its output channels, none of which has too many factors. */
function partsOf(kernel: Tensor, mostBytes: number): Tensor[] {
  const out = kernel.dim(0);
  const factorBytes = (bytesOf(kernel) / 9) * tileProducts;
  const length = Math.ceil(out / Math.ceil(factorBytes / mostBytes));
  const parts: Tensor[] = [];
  for (let start = 0; start < out; start += length) {
    const end = Math.min(out, start + length);
    parts.push(fromFile(kernel) ? fileRows(kernel, start, end) : slice(kernel, 0, start, end));
  }
  return parts;
}

/**
 * [36, out, channels] of a kernel [out, channels, 3, 3], made when the tiles are there: factors take more memory, and those of another
 * convolution with the same kernel would be merged with them and kept in between.
 */
function factorsOf(kernel: Tensor, tiles: Tensor): Tensor {
  const [out, channels] = [kernel.dim(0), kernel.dim(1)];
  const rows = viewAfter(kernel, [out * channels, 9], zeroAfter(tiles));
  const factors = gemm(constant(kernelTransform), rows, undefined, { transB: true });
  return view(factors, [tileProducts, out, channels]);
}

/** [36, channels, batch · tiles] of a band of [batch, channels, height, width]. */
function tilesOf(x: Tensor, { start, end }: Band, zero: Tensor): Tensor {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const [top, bottom] = [start === 0 ? 1 : 0, end === height ? 1 : 0];
  const read = transpose(slice(x, 2, start - 1 + top, end + 1 - bottom), [1, 0, 2, 3]);
  // All channels of all pictures are the depth of a single one: what comes out is in the order that the product needs.
  const depth = channels * batch;
  const picture = viewAfter(read, [1, 1, depth, read.dim(2), width], zero);
  const [rows, columns] = [(end - start) / tileCells, width / tileCells];
  const tiles = apply1('Conv', [picture, constant(inputTransform)], [1, tileProducts, depth, rows, columns], {
    kernel_shape: [1, tileInputs, tileInputs],
    strides: [1, tileCells, tileCells],
    pads: [0, top, 1, 0, bottom, 1],
  });
  return view(tiles, [tileProducts, channels, batch * rows * columns]);
}

/** `x` in another shape whose last length is left to the runtime: what it does not know of `x` stays unknown. */
function view(x: Tensor, shape: readonly number[]): Tensor {
  return apply1('Reshape', [x, integers([...shape.slice(0, -1), -1])], shape);
}

/** [batch, channels, rows of the band, width] from products [36, channels, batch · tiles]. */
function cellsOf(products: Tensor, x: Tensor, { start, end }: Band): Tensor {
  const [batch, width, channels] = [x.dim(0), x.dim(3), products.dim(1)];
  const tiles = elementCount(products.shape) / tileProducts;
  const cells = gemm(constant(outputTransform), view(products, [tileProducts, tiles]));
  // Two steps, each of which moves one axis or whole rows: in one step, number by number, this takes four times as long.
  const rows = transpose(view(cells, [tileCells, tileCells, tiles]), [0, 2, 1]);
  const byRow = view(rows, [tileCells, channels, batch, (end - start) / tileCells, width]);
  return reshape(transpose(byRow, [2, 1, 3, 0, 4]), [batch, channels, end - start, width]);
}
