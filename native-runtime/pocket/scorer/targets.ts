import type { Values } from '../../device/session';
import { float32, type TensorData } from '../../tensorData';
import type { Box } from '../world/scene';
import type { LabelledPicture } from './labelledPicture';
import type { ScorerConfig } from './scorerConfig';
import { CELL_SIZE, EXTRA_CLASSES } from './scorerNetwork';

/** How much of an animal's box, each way, is its core; the rest of the box belongs to nobody. */
const CORE = 0.56;

/**
 * What the network should say about labelled pictures, as feeds of the step: one-hot rows times their weights, zero
 * where nothing is asked. In every picture each animal weighs 1, however large, and so do all empty cells together;
 * every kind of target adds up to 1 over the batch.
 */
export function targetsOf(pictures: readonly LabelledPicture[], config: ScorerConfig): Values {
  const side = config.sample_size / CELL_SIZE;
  const speciesClasses = config.species.length + EXTRA_CLASSES;
  const shape = [pictures.length, side * side];
  const species = float32([...shape, speciesClasses]);
  const coats = float32([...shape, config.coats.length]);
  const patterns = float32([...shape, config.patterns.length]);
  const boxes = float32([...shape, 4]);
  const boxWeights = float32([...shape, 1]);
  const background = float32([pictures.length, config.backgrounds.length + 1]);

  pictures.forEach((picture, n) => {
    const owners = cellOwners(picture, side);
    const empty = owners.filter((owner) => owner === NOTHING).length;
    owners.forEach((owner, cell) => {
      const row = n * side * side + cell;
      if (owner === NOTHING) {
        const weight = 1 / empty;
        species.data[row * speciesClasses] = picture.scraps ? weight / 2 : weight;
        if (picture.scraps) species.data[(row + 1) * speciesClasses - 1] = weight / 2;
      }
      if (owner < 0) return;
      const animal = picture.animals[owner]!;
      const weight = 1 / owners.filter((other) => other === owner).length;
      const speciesIndex =
        animal.species === 'unclear' ? speciesClasses - 1 : 1 + config.species.indexOf(animal.species);
      species.data[row * speciesClasses + speciesIndex] = weight;
      if (animal.coat) coats.data[row * config.coats.length + config.coats.indexOf(animal.coat)] = weight;
      if (animal.pattern)
        patterns.data[row * config.patterns.length + config.patterns.indexOf(animal.pattern)] = weight;
      boxes.data.set(reaches(animal.box, cell, side, config.sample_size), row * 4);
      boxWeights.data[row] = weight;
    });
    const { background: place } = picture;
    const known = config.backgrounds.length;
    if (place) background.data[n * (known + 1) + (place === 'unclear' ? known : config.backgrounds.indexOf(place))] = 1;
  });
  for (const target of [species, coats, patterns, boxWeights, background]) normalise(target);
  return { species, coats, patterns, boxes, boxWeights, background };
}

const NOTHING = -1;
const NOBODY = -2;

/** For each cell the animal whose core its centre lies in, or NOTHING outside all boxes, or NOBODY in between. */
function cellOwners({ animals }: LabelledPicture, side: number): number[] {
  return Array.from({ length: side * side }, (_, cell) => {
    const [x, y] = cellCentre(cell, side);
    // 0 in the middle of the box, 1 at its edges.
    const distances = animals.map(({ box }) =>
      Math.max(
        Math.abs(2 * x - box.x0 - box.x1) / (box.x1 - box.x0),
        Math.abs(2 * y - box.y0 - box.y1) / (box.y1 - box.y0),
      ),
    );
    const nearest = Math.min(...distances);
    if (nearest <= CORE) return distances.indexOf(nearest);
    return nearest <= 1 ? NOBODY : NOTHING;
  });
}

/** The middle of a grid cell in pixels. */
export function cellCentre(cell: number, side: number): [x: number, y: number] {
  return [((cell % side) + 0.5) * CELL_SIZE, (Math.floor(cell / side) + 0.5) * CELL_SIZE];
}

/** How far a box reaches from a cell's centre to its left, top, right and bottom, in picture widths. */
function reaches(box: Box, cell: number, side: number, size: number): number[] {
  const [x, y] = cellCentre(cell, side);
  return [x - box.x0, y - box.y0, box.x1 - x, box.y1 - y].map((reach) => reach / size);
}

function normalise({ data }: TensorData & { data: Float32Array }): void {
  const total = data.reduce((sum, value) => sum + value, 0);
  if (total > 0) for (let i = 0; i < data.length; i++) data[i]! /= total;
}
