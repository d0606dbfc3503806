/**
 * A pixel alphabet for labels, so that they look the same on every machine, with or without installed fonts. Five
 * columns, seven rows, one base-32 digit a row with the leftmost pixel as its highest bit; `DESCENDING` glyphs hang two
 * rows lower. Text is drawn as rounded strokes through neighbouring pixels, which gives smooth letters at any size.
 */
const GLYPHS: Readonly<Record<string, string>> = {
  ...row('ABCDEFG', 'ehhvhhh uhhuhhu ehggghe uhhhhhu vgguggv vgguggg ehgnhhf'),
  ...row('HIJKLMN', 'hhhvhhh e44444e 72222ic hikokih ggggggv hrllhhh hhpljhh'),
  ...row('OPQRSTU', 'ehhhhhe uhhuggg ehhhlid uhhukih fgge11u v444444 hhhhhhe'),
  ...row('VWXYZ', 'hhhhha4 hhhllla hha4ahh hhha444 v1248gv'),
  ...row('abcdefg', '00e1fhf ggmphhu 00eggge 11djhhf 00ehvge 698s888 fhhhf1e'),
  ...row('hijklmn', 'ggmphhh 40c444e 20622ic ggikoki c44444e 00qllll 00mphhh'),
  ...row('opqrstu', '00ehhhe mphhugg djhhf11 00mpggg 00fge1u 88s8896 00hhhjd'),
  ...row('vwxyz', '00hhha4 00hhlla 00ha4ah hhhhf1e 00v248v'),
  ...row('0123456789', 'ehjlphe 4c4444e eh1248v v2421he 26aiv22 vgu11he 68guhhe v124888 ehhehhe ehhf12c'),
  ...row('!"#$%&\'', '4444004 aa00000 aavavaa 4fke5u4 op248j3 cik8lid 4400000'),
  ...row('()*+,-./', '2488842 8422248 04lel40 044v440 0000448 000e000 0000004 11248gg'),
  ...row(':;<=>?@', '0040004 4000448 248g842 00v0v00 8421248 eh12404 ehnlnge'),
  ...row('[\\]^_`', 'e88888e gg84211 e22222e 4ah0000 000000v 8400000'),
  ...row('{|}~', '6448446 4444444 c44244c 008l200'),
};

const DESCENDING = new Set('gpqy,;');

const SPACE_WIDTH = 3;
const LETTER_GAP = 1.35;

/** Typographic characters that have a plain twin. */
const PLAIN: Readonly<Record<string, string>> = {
  '\u2018': "'",
  '\u2019': "'",
  '\u201c': '"',
  '\u201d': '"',
  '\u2013': '-',
  '\u2014': '-',
  '\u2212': '-',
  '\u00d7': 'x',
  '\u2026': '...',
};

interface Glyph {
  /** Columns from the first to the last with ink. */
  width: number;
  /** SVG path data with the first inked column's centre at x = 0 and the top row's at y = 0. */
  strokes: readonly (readonly [x0: number, y0: number, x1: number, y1: number])[];
}

const drawn = new Map<string, Glyph>();

/** Rows from the top of a capital to its foot. */
export const CAPITAL_ROWS = 7;

/** Rows from one line of text to the next. */
export const LINE_ROWS = 12;

/** The text in characters the alphabet has: accents dropped, white space made single blanks, `?` for the rest. */
export function drawableText(text: string): string {
  const plain = Array.from(text.normalize('NFKD'), (c) => PLAIN[c] ?? c).join('');
  return Array.from(plain.replace(/\p{Mark}+/gu, '').replace(/\s+/gu, ' '), (c) =>
    c === ' ' || GLYPHS[c] !== undefined ? c : '?',
  )
    .join('')
    .trim();
}

/** Width of drawable text, in alphabet pixels. */
export function textWidth(text: string): number {
  let width = 0;
  for (const c of text) width += advance(c);
  return Math.max(0, width - LETTER_GAP + 1);
}

/**
 * SVG path data of one line of drawable text; `x` and `y` are its top left corner in picture pixels, `unit` is the
 * size of an alphabet pixel. Stroke it with a round pen a little wider than one unit.
 */
export function textPath(text: string, x: number, y: number, unit: number): string {
  const parts: string[] = [];
  let pen = 0.5;
  for (const c of text) {
    const point = (px: number, py: number) => `${round(x + (pen + px) * unit)} ${round(y + (py + 0.5) * unit)}`;
    for (const [x0, y0, x1, y1] of glyphOf(c)?.strokes ?? []) parts.push(`M${point(x0, y0)}L${point(x1, y1)}`);
    pen += advance(c);
  }
  return parts.join('');
}

function advance(character: string): number {
  const glyph = glyphOf(character);
  return glyph ? glyph.width - 1 + LETTER_GAP + 0.45 : SPACE_WIDTH;
}

function glyphOf(character: string): Glyph | undefined {
  const code = GLYPHS[character];
  if (code === undefined) return undefined;
  let glyph = drawn.get(character);
  if (!glyph) drawn.set(character, (glyph = drawGlyph(code, DESCENDING.has(character) ? 2 : 0)));
  return glyph;
}

/** Joins every inked pixel to its right, lower and (where nothing else joins them) diagonal neighbours. */
function drawGlyph(code: string, drop: number): Glyph {
  const rows = Array.from(code, (digit) => parseInt(digit, 32));
  const ink = (x: number, y: number) => x >= 0 && x < 5 && (((rows[y] ?? 0) >> (4 - x)) & 1) === 1;
  const columns = [0, 1, 2, 3, 4].filter((x) => rows.some((_, y) => ink(x, y)));
  const left = columns[0]!;
  const strokes: [number, number, number, number][] = [];
  for (let y = 0; y < rows.length; y++) {
    for (let x = 0; x < 5; x++) {
      if (!ink(x, y)) continue;
      const join = (dx: number, dy: number) => strokes.push([x - left, y + drop, x + dx - left, y + dy + drop]);
      const before = strokes.length;
      if (ink(x + 1, y)) join(1, 0);
      if (ink(x, y + 1)) join(0, 1);
      if (ink(x + 1, y + 1) && !ink(x + 1, y) && !ink(x, y + 1)) join(1, 1);
      if (ink(x - 1, y + 1) && !ink(x - 1, y) && !ink(x, y + 1)) join(-1, 1);
      if (strokes.length === before) join(0, 0);
    }
  }
  return { width: columns[columns.length - 1]! - left + 1, strokes };
}

function row(characters: string, codes: string): Record<string, string> {
  const parts = codes.split(' ');
  return Object.fromEntries(Array.from(characters, (c, i) => [c, parts[i]!]));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
