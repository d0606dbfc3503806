/** A rectangle in picture pixels: left, top, right, bottom. */
export interface DetectionBox {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** The species of a detection that is something, but no one species: a blend, half an animal, a smear. */
export const UNCLEAR = 'unclear';

/** One thing a scorer found in a picture. */
export interface Detection {
  /** Its species, or {@link UNCLEAR}. */
  species: string;
  /** Probability of the species, 0 to 1; of an unclear thing, that of the likeliest species. */
  confidence: number;
  box: DetectionBox;
  /** The known individual this is: the right species in the right looks. */
  individual?: string;
  /** Probability of the looks of the likeliest individual of its species, 0 to 1. */
  individualConfidence: number;
  /** For each known individual, the probability of its looks, whatever the species: what a leak shows in. */
  likeness: Record<string, number>;
}

/** Everything a scorer says about one picture; detections are listed from left to right. */
export interface SceneReading {
  detections: Detection[];
  /** Where the scene plays, or {@link UNCLEAR}. */
  background: string;
  /** Probability of the background, 0 to 1. */
  backgroundConfidence: number;
}
