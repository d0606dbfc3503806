import { ConfusionMatrix } from '../../evaluate/confusionMatrix';
import { markdownTable } from '../../evaluate/markdownTable';
import { UNCLEAR, type Detection, type SceneReading } from '../../evaluate/sceneReading';
import { formatProportion, proportionOf, wilsonInterval, type Proportion } from '../../evaluate/wilson';
import { RandomStream } from '../../random';
import { drawScene } from '../world/drawScene';
import type { Animal, Scene } from '../world/scene';
import { intersectionOverUnion } from './decode';
import { makeExamples, picturesOf, type Draft } from './examples';
import { blendPair } from './blend';
import type { Reconstructor } from './reconstructor';
import type { Scorer } from './scorer';
import type { ScorerConfig } from './scorerConfig';
import { emptyScene, individualsScene, scorerScene, wildScene } from './scorerScenes';

/** Scenes of this seed are never trained on. */
const HELD_OUT_SEED = 9011;

/** How well the scorer reads one kind of picture. */
export interface SceneAccuracy {
  /** What the pictures show, and how they were made. */
  name: string;
  pictures: number;
  /** Exactly the species that are there, as often as they are there, and nothing unclear. */
  presence: Proportion;
  background: Proportion;
  /** Of all animals: known for the individual it is, or for none when it is none. */
  identity: Proportion;
  /** Of the animals that are individuals: known as that one. */
  recognised: Proportion;
  /** Mean intersection over union of the true boxes with the boxes read. */
  overlap: number;
}

/** How often the scorer names a species where none can be named. */
export interface ControlAccuracy {
  name: string;
  pictures: number;
  /** Pictures in which nothing was named that is not there. */
  silent: Proportion;
}

/** What is known about a scorer. */
export interface ScorerReport {
  scenes: SceneAccuracy[];
  controls: ControlAccuracy[];
  /** Species there against species read, over all scenes. */
  confusion: ConfusionMatrix;
}

const SCENE_KINDS: Record<string, (random: RandomStream, index: number) => Scene> = {
  'scenes as in training the model': (_random, index) => drawScene(HELD_OUT_SEED, index),
  individuals: (random) => individualsScene(random),
  'look-alikes: any coat and marking on any species': (random) => wildScene(random),
};

const CONTROL_KINDS: Record<string, (random: RandomStream, index: number) => Draft> = {
  'backgrounds without animals': (random) => ({ kind: 'empty', scene: emptyScene(random) }),
  'noise, blobs, plain colours': () => ({ kind: 'noise' }),
  'scenes in shuffled tiles': (random, index) => ({ kind: 'tiles', scene: scorerScene(random, HELD_OUT_SEED, index) }),
  'blurred beyond recognition': (random, index) => ({
    kind: 'blurred',
    scene: scorerScene(random, HELD_OUT_SEED, index),
  }),
  'one animal blended with another or cut': (random, index) => {
    const scene = scorerScene(random, HELD_OUT_SEED, index);
    return { kind: 'blend', pair: blendPair(scene, random), scene };
  },
};

/** Measures a scorer on `count` held-out pictures of each kind, and on their reconstructions when it can. */
export async function reportScorer(
  scorer: Scorer,
  count: number,
  reconstructor?: Reconstructor,
): Promise<ScorerReport> {
  const { config } = scorer;
  const species = [...config.species, UNCLEAR];
  const confusion = new ConfusionMatrix(config.species, [...species, 'nothing']);
  const report: ScorerReport = { scenes: [], controls: [], confusion };
  const streamsOf = (name: string) =>
    Array.from({ length: count }, (_, index) => new RandomStream(HELD_OUT_SEED, `pocket.scorer.${name}`, 0, index));

  for (const [name, draw] of Object.entries(SCENE_KINDS)) {
    const scenes = streamsOf(name).map((random, index) => draw(random, index));
    const pixels = await picturesOf(scenes);
    const measure = async (pictures: readonly Float32Array[], how: string) => {
      const readings = await scorer.scorePixels(pictures);
      report.scenes.push(sceneAccuracy(`${name}, ${how}`, scenes, readings, confusion, config));
    };
    await measure(pixels, 'rendered');
    if (reconstructor) await measure(await reconstructor.reconstruct(pixels), 'reconstructed');
  }
  for (const [name, draw] of Object.entries(CONTROL_KINDS)) {
    const streams = streamsOf(name);
    const examples = await makeExamples(
      streams.map((random, index) => draw(random, index)),
      streams,
    );
    const readings = await scorer.scorePixels(examples.map(({ pixels }) => pixels));
    const truths = examples.map(({ animals }) => animals.map((animal) => animal.species));
    const silent = wilsonInterval(
      readings.filter((reading, i) => namesNothingElse(reading, truths[i]!)).length,
      readings.length,
    );
    report.controls.push({ name, pictures: readings.length, silent });
  }
  return report;
}

/** Whether every species read is there, at most as often as it is. */
function namesNothingElse(reading: SceneReading, truth: readonly string[]): boolean {
  const left = [...truth];
  return reading.detections.every(({ species }) => {
    if (species === UNCLEAR) return true;
    const at = left.indexOf(species);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}

function sceneAccuracy(
  name: string,
  scenes: readonly Scene[],
  readings: readonly SceneReading[],
  confusion: ConfusionMatrix,
  config: ScorerConfig,
): SceneAccuracy {
  const pairs = scenes.flatMap(({ animals }, i) =>
    animals.map((animal) => ({ animal, found: foundAt(animal, readings[i]!) })),
  );
  for (const { animal, found } of pairs) confusion.add(animal.species, found?.species ?? 'nothing');
  const indices = scenes.map((_, i) => i);
  const presence = proportionOf(indices, (i) => {
    const read = readings[i]!.detections.map(({ species }) => species);
    return (
      read.sort().join() ===
      scenes[i]!.animals.map(({ species }) => species)
        .sort()
        .join()
    );
  });
  const background = proportionOf(indices, (i) => readings[i]!.background === scenes[i]!.background);
  const judged = pairs.map(({ animal, found }) => ({ truth: individualOf(animal, config), found }));
  const identity = proportionOf(judged, ({ truth, found }) => found !== undefined && found.individual === truth);
  const individuals = judged.filter(({ truth }) => truth !== undefined);
  const recognised = proportionOf(individuals, ({ truth, found }) => found?.individual === truth);
  const overlaps = pairs.map(({ animal, found }) => (found ? intersectionOverUnion(animal.box, found.box) : 0));
  const overlap = overlaps.reduce((sum, value) => sum + value, 0) / Math.max(1, overlaps.length);
  return { name, pictures: scenes.length, presence, background, identity, recognised, overlap };
}

/** An individual is its species, coat and marking, whatever it wears; so some look-alikes are individuals after all. */
function individualOf({ species, coat, pattern }: Animal, config: ScorerConfig): string | undefined {
  return config.individuals.find((one) => one.species === species && one.coat === coat && one.pattern === pattern)
    ?.name;
}

/** The detection that covers an animal best, if any covers it at all well. */
function foundAt(animal: Animal, { detections }: SceneReading): Detection | undefined {
  const scored = detections.map((found) => ({ found, overlap: intersectionOverUnion(animal.box, found.box) }));
  scored.sort((a, b) => b.overlap - a.overlap);
  return scored[0] && scored[0].overlap >= 0.3 ? scored[0].found : undefined;
}

/** The report as Markdown tables. */
export function formatReport({ scenes, controls, confusion }: ScorerReport): string {
  const sceneRows = scenes.map((row) => [
    row.name,
    row.pictures,
    formatProportion(row.presence),
    formatProportion(row.background),
    formatProportion(row.identity),
    formatProportion(row.recognised),
    row.overlap.toFixed(2),
  ]);
  const header = [
    'pictures of',
    'n',
    'species exact',
    'background',
    'identity',
    'individuals recognised',
    'box overlap',
  ];
  const controlRows = controls.map(({ name, pictures, silent }) => [name, pictures, formatProportion(silent)]);
  return [
    markdownTable(header, sceneRows),
    markdownTable(['control', 'n', 'names nothing that is not there'], controlRows),
    confusion.toMarkdown(),
  ].join('\n');
}
