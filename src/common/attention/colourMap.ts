/** Colours from no heat to full heat; lightness rises steadily, so the map also reads in grey and to colour-blind eyes. */
const STOPS: readonly (readonly [at: number, red: number, green: number, blue: number])[] = [
  [0, 18, 8, 64],
  [0.22, 92, 16, 124],
  [0.45, 188, 40, 104],
  [0.68, 240, 104, 48],
  [0.86, 252, 184, 50],
  [1, 252, 250, 168],
];

const STEPS = 256;

const table = Uint8Array.from({ length: STEPS * 3 }, (_, i) => stopColour(Math.floor(i / 3) / (STEPS - 1))[i % 3]!);

/** The colour of a heat in [0, 1] as red, green and blue bytes. */
export function heatColour(heat: number): readonly [red: number, green: number, blue: number] {
  const at = 3 * Math.round(Math.min(1, Math.max(0, heat)) * (STEPS - 1));
  return [table[at]!, table[at + 1]!, table[at + 2]!];
}

function stopColour(heat: number): [number, number, number] {
  const next = Math.max(
    1,
    STOPS.findIndex(([at]) => at >= heat),
  );
  const [from, to] = [STOPS[next - 1]!, STOPS[next]!];
  const t = (heat - from[0]) / (to[0] - from[0]);
  const mix = (a: number, b: number) => Math.round(a + t * (b - a));
  return [mix(from[1], to[1]), mix(from[2], to[2]), mix(from[3], to[3])];
}
