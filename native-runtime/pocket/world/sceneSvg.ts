import { headwear, neckwear } from './accessories';
import { backgroundSvg, styleFrame, styleWash } from './backgrounds';
import { BODY_PLANS } from './bodyPlans';
import { markingOf } from './markings';
import { COAT_COLOURS } from './palette';
import { placement } from './placement';
import { SCENE_SIZE, type Animal, type Scene } from './scene';
import { ellipse, silhouette } from './shapes';

/** The scene as an SVG document, `size` pixels wide and high. */
export function sceneSvg(scene: Scene, size = SCENE_SIZE): string {
  return documentOf(sceneShapes(scene, 's'), size, 1);
}

/** Several scenes below each other in one SVG document, `size` wide and `scenes.length * size` high. */
export function sceneStripSvg(scenes: readonly Scene[], size = SCENE_SIZE): string {
  const rows = scenes.map(
    (scene, row) =>
      `<svg y="${row * SCENE_SIZE}" width="${SCENE_SIZE}" height="${SCENE_SIZE}">${sceneShapes(scene, `s${row}-`)}</svg>`,
  );
  return documentOf(rows.join(''), size, scenes.length);
}

function documentOf(shapes: string, size: number, rows: number): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${rows * size}" ` +
    `viewBox="0 0 ${SCENE_SIZE} ${rows * SCENE_SIZE}">${shapes}</svg>`
  );
}

function sceneShapes({ background, style, animals }: Scene, prefix: string): string {
  const drawn = animals.map((animal, index) => animalSvg(animal, `${prefix}${index}`)).join('');
  return backgroundSvg(background) + styleFrame(style) + drawn + styleWash(style);
}

/** One animal at its place; `id` keeps the clip paths of animals apart. */
function animalSvg(animal: Animal, id: string): string {
  const plan = BODY_PLANS[animal.species];
  const colours = COAT_COLOURS[animal.coat];
  const marking = markingOf(animal.pattern, plan);
  const coat = (part: 'body' | 'head') => silhouette(plan[part], colours.base, colours.outline);
  const marks = (part: 'body' | 'head') =>
    marking[part] &&
    `<clipPath id="${part}${id}">${plan[part]}</clipPath>` +
      `<g clip-path="url(#${part}${id})" fill="${colours.mark}">${marking[part]}</g>`;
  const { x, y, scale, mirror } = placement(animal.place, animal.facing);
  return (
    `<g transform="translate(${x} ${y}) scale(${mirror * scale} ${scale})">` +
    ellipse(16, 45, 14, 2.4, 'fill="#000" fill-opacity="0.22"') +
    plan.behind(colours) +
    coat('body') +
    marks('body') +
    plan.limbs(colours) +
    neckwear(animal.accessory, plan) +
    coat('head') +
    marks('head') +
    plan.face(colours) +
    headwear(animal.accessory, plan) +
    '</g>'
  );
}
