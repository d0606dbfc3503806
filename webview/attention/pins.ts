/** Which targets are pinned, by id, in the order of pinning: none, one, or two that are compared. */
export type Pins = readonly string[];

const MOST = 2;

/** Pins a target or unpins it; a third takes the place of the one pinned first. */
export function togglePin(pins: Pins, id: string): Pins {
  if (pins.includes(id)) return pins.filter((pinned) => pinned !== id);
  return [...pins, id].slice(-MOST);
}

/** Pins that still name something. */
export function knownPins(pins: Pins, known: readonly { id: string }[]): Pins {
  return pins.filter((id) => known.some((target) => target.id === id)).slice(-MOST);
}

/** What is drawn: what is peeked at alone, or else the pins. */
export function shownIds(pins: Pins, peeked: string | undefined): readonly string[] {
  return peeked === undefined ? pins : [peeked];
}
