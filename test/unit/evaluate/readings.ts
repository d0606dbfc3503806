import type { Detection, SceneReading } from '../../../native-runtime/evaluate/sceneReading';

/** A detection as `species`, or `species:individual`, or `species~name` for a stranger that wears an individual's looks. */
export function detection(text: string): Detection {
  const [, species = '', mark, name] = /^(\w+)(?:([:~])(.+))?$/.exec(text)!;
  const likeness = name ? { [name]: 0.9 } : {};
  const known = mark === ':' ? { individual: name! } : {};
  const individualConfidence = mark === ':' ? 0.9 : 0;
  return { species, confidence: 0.95, box: { x0: 0, y0: 0, x1: 32, y1: 64 }, ...known, individualConfidence, likeness };
}

/** A reading of detections written as in {@link detection}, separated by spaces. */
export function reading(text: string, background = 'grass'): SceneReading {
  const detections = text.split(' ').filter(Boolean).map(detection);
  return { detections, background, backgroundConfidence: 0.9 };
}
