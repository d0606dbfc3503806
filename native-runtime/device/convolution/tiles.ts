import { concat, reshape, slice, transpose } from '../../graph/operators/layout';
import { gemm } from '../../graph/operators/matrix';
import { apply1, constant, type Tensor } from '../../graph/tensor';
import { elementCount } from '../../tensorData';
import { inputTransform, outputTransform, tileCells, tileInputs, tileProducts } from './filtering';

/** Rows of a picture that are computed together. */
export interface Band {
  start: number;
  end: number;
}

/** A picture of `channels` in bands, each of which has no more bytes of tiles if it has more than one row of them. */
export function bandsOf(x: Tensor, channels: number, mostBytes: number): Band[] {
  const [batch, , height, width] = x.shape as [number, number, number, number];
  const rowOfTiles = (4 * batch * channels * tileProducts * width) / tileCells;
  const rows = tileCells * Math.max(1, Math.floor(mostBytes / rowOfTiles));
  const bands: Band[] = [];
  for (let start = 0; start < height; start += rows) bands.push({ start, end: Math.min(height, start + rows) });
  return bands;
}

/** [36, channels, batch · tiles] of a band of [batch, channels, height, width]. */
export function tilesOf(x: Tensor, { start, end }: Band): Tensor {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const [top, bottom] = [start === 0 ? 1 : 0, end === height ? 1 : 0];
  const read = transpose(slice(x, 2, start - 1 + top, end + 1 - bottom), [1, 0, 2, 3]);
  // All channels of all pictures are the depth of a single one: what comes out is in the order that the product needs.
  const depth = channels * batch;
  const picture = reshape(read, [1, 1, depth, read.dim(2), width]);
  const [rows, columns] = [(end - start) / tileCells, width / tileCells];
  const tiles = apply1('Conv', [picture, constant(inputTransform)], [1, tileProducts, depth, rows, columns], {
    kernel_shape: [1, tileInputs, tileInputs],
    strides: [1, tileCells, tileCells],
    pads: [0, top, 1, 0, bottom, 1],
  });
  return reshape(tiles, [tileProducts, channels, batch * rows * columns]);
}

/** [batch, channels, rows of tiles, 4, width] from products [36, channels, batch · tiles]. */
export function cellsOf(products: Tensor, x: Tensor, { start, end }: Band): Tensor {
  const [batch, width, channels] = [x.dim(0), x.dim(3), products.dim(1)];
  const tiles = elementCount(products.shape) / tileProducts;
  const cells = gemm(constant(outputTransform), reshape(products, [tileProducts, tiles]));
  // Two steps, each of which moves one axis or whole rows: in one step, number by number, this takes four times as long.
  const rows = transpose(reshape(cells, [tileCells, tileCells, tiles]), [0, 2, 1]);
  const byRow = reshape(rows, [tileCells, channels, batch, (end - start) / tileCells, width]);
  return transpose(byRow, [2, 1, 3, 0, 4]);
}

/** [batch, channels, height, width] of its channels' parts, each of which is a list of bands as `cellsOf` gives them. */
export function joined(perPart: readonly (readonly Tensor[])[]): Tensor {
  const perBand = perPart[0]!.map((_, i) => perPart.map((bands) => bands[i]!));
  const whole = concat(
    perBand.map((parts) => concat(parts, 1)),
    2,
  );
  return reshape(whole, [whole.dim(0), whole.dim(1), -1, whole.dim(-1)]);
}
