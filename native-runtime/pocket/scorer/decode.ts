import { UNCLEAR, type Detection, type SceneReading } from '../../evaluate/sceneReading';
import type { Box } from '../world/scene';
import type { ScorerConfig } from './scorerConfig';
import { CELL_SIZE, EXTRA_CLASSES } from './scorerNetwork';
import { cellCentre } from './targets';

/** What the network said about one picture: each array holds rows of classes, cell after cell. */
export interface RawReading {
  species: Float32Array;
  coats: Float32Array;
  patterns: Float32Array;
  boxes: Float32Array;
  background: Float32Array;
}

/** A cell belongs to something when "nothing" is less likely than this. */
const NOTHING_LIMIT = 0.5;
/** Cells see the same thing when their boxes share at least this much of the smaller one: some see a part of it only. */
const SAME_BOX = 0.5;
/** A species, or a background, is named from this probability on. */
const SURE = 0.55;
/** Looks are an individual's from this probability on. */
const KNOWN = 0.5;

/** A cell that sees something. */
interface Sighting {
  cell: number;
  /** 1 − the probability of nothing. */
  presence: number;
  box: Box;
}

/** Joins the cells of one picture into detections, in scene pixels, from left to right. */
export function decodeReading(raw: RawReading, config: ScorerConfig): SceneReading {
  const detections = groupsOf(sightings(raw, config)).map((group) => detectionOf(group, raw, config));
  detections.sort((a, b) => a.box.x0 + a.box.x1 - (b.box.x0 + b.box.x1));
  const best = indexOfMax(raw.background);
  const backgroundConfidence = raw.background[best]!;
  const background = backgroundConfidence >= SURE ? config.backgrounds[best] : undefined;
  return { detections, background: background ?? UNCLEAR, backgroundConfidence };
}

/** The cells that see something, the surest first. */
function sightings({ species, boxes }: RawReading, config: ScorerConfig): Sighting[] {
  const classes = config.species.length + EXTRA_CLASSES;
  const size = config.sample_size;
  const side = size / CELL_SIZE;
  const seen: Sighting[] = [];
  for (let cell = 0; cell < side * side; cell++) {
    const nothing = species[cell * classes]!;
    if (nothing >= NOTHING_LIMIT) continue;
    const [x, y] = cellCentre(cell, side);
    const [left, top, right, bottom] = boxes.subarray(cell * 4, cell * 4 + 4) as unknown as [
      number,
      number,
      number,
      number,
    ];
    const inside = (value: number) => Math.min(size, Math.max(0, value));
    const box = {
      x0: inside(x - size * left),
      y0: inside(y - size * top),
      x1: inside(x + size * right),
      y1: inside(y + size * bottom),
    };
    seen.push({ cell, presence: 1 - nothing, box });
  }
  return seen.sort((a, b) => b.presence - a.presence);
}

/** Greedy: each cell joins the first group whose surest box is its own, or begins another. */
function groupsOf(seen: readonly Sighting[]): Sighting[][] {
  const groups: Sighting[][] = [];
  for (const one of seen) {
    const group = groups.find(([first]) => sharedPart(first!.box, one.box) >= SAME_BOX);
    if (group) group.push(one);
    else groups.push([one]);
  }
  return groups;
}

function detectionOf(group: readonly Sighting[], raw: RawReading, config: ScorerConfig): Detection {
  const total = group.reduce((sum, { presence }) => sum + presence, 0);
  const mean = (value: (one: Sighting) => number) =>
    group.reduce((sum, one) => sum + one.presence * value(one), 0) / total;
  const meanOf = (rows: Float32Array, classes: number, index: number) =>
    mean(({ cell }) => rows[cell * classes + index]!);

  const classes = config.species.length + EXTRA_CLASSES;
  const something = 1 - meanOf(raw.species, classes, 0);
  const speciesOdds = config.species.map((_, i) => meanOf(raw.species, classes, i + 1) / something);
  const best = indexOfMax(speciesOdds);
  const confidence = Math.min(1, speciesOdds[best]!);
  const species = confidence >= SURE ? config.species[best]! : UNCLEAR;

  const likeness = Object.fromEntries(
    config.individuals.map(({ name, coat, pattern }) => [
      name,
      meanOf(raw.coats, config.coats.length, config.coats.indexOf(coat)) *
        meanOf(raw.patterns, config.patterns.length, config.patterns.indexOf(pattern)),
    ]),
  );
  const kin = config.individuals.filter((one) => one.species === species);
  const closest = kin.reduce<string | undefined>(
    (top, { name }) => (top === undefined || likeness[name]! > likeness[top]! ? name : top),
    undefined,
  );
  const individualConfidence = closest === undefined ? 0 : likeness[closest]!;
  const box = {
    x0: mean((one) => one.box.x0),
    y0: mean((one) => one.box.y0),
    x1: mean((one) => one.box.x1),
    y1: mean((one) => one.box.y1),
  };
  const known = individualConfidence >= KNOWN ? { individual: closest! } : {};
  return { species, confidence, box, ...known, individualConfidence, likeness };
}

/** Area common to two boxes, divided by the area they cover together. */
export function intersectionOverUnion(a: Box, b: Box): number {
  const common = commonArea(a, b);
  const together = area(a) + area(b) - common;
  return together > 0 ? common / together : 0;
}

/** Area common to two boxes, divided by that of the smaller one. */
function sharedPart(a: Box, b: Box): number {
  const smaller = Math.min(area(a), area(b));
  return smaller > 0 ? commonArea(a, b) / smaller : 0;
}

function commonArea(a: Box, b: Box): number {
  const width = Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0);
  const height = Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0);
  return Math.max(0, width) * Math.max(0, height);
}

const area = (box: Box) => Math.max(0, box.x1 - box.x0) * Math.max(0, box.y1 - box.y0);

function indexOfMax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
