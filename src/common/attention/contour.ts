/** A line of equal height through a map; `points` are x, y pairs with the first pixel's centre at 0, 0. */
export interface ContourLine {
  points: number[];
  closed: boolean;
}

/** Two crossings of a cell's edges; edges are numbered so that neighbouring cells agree. */
type Segment = readonly [from: number, to: number];

/**
 * The lines along which a map `[height, width]` has the value `level` (marching squares with linear interpolation;
 * saddles are split by the mean of their corners). Lines end only at the map's border.
 */
export function contourLines(map: Float32Array, height: number, width: number, level: number): ContourLine[] {
  const neighbours = new Map<number, number[]>();
  const link = (from: number, to: number) => {
    const known = neighbours.get(from);
    if (known) known.push(to);
    else neighbours.set(from, [to]);
  };
  for (let y = 0; y + 1 < height; y++) {
    for (let x = 0; x + 1 < width; x++) {
      for (const [from, to] of cellSegments(map, width, x, y, level)) {
        link(from, to);
        link(to, from);
      }
    }
  }
  return traceLines(neighbours).map(({ edges, closed }) => ({
    points: edges.flatMap((edge) => crossing(map, width, edge, level)),
    closed,
  }));
}

/** Edge 2·i leads from pixel i to the right, 2·i + 1 downwards. */
function cellSegments(map: Float32Array, width: number, x: number, y: number, level: number): Segment[] {
  const i = y * width + x;
  const corners = [map[i]!, map[i + 1]!, map[i + width + 1]!, map[i + width]!];
  const [a, b, c, d] = corners.map((value) => value >= level) as [boolean, boolean, boolean, boolean];
  const [top, right, bottom, left] = [2 * i, 2 * (i + 1) + 1, 2 * (i + width), 2 * i + 1];
  const crossed = [a !== b ? top : -1, b !== c ? right : -1, c !== d ? bottom : -1, d !== a ? left : -1];
  const edges = crossed.filter((edge) => edge >= 0);
  if (edges.length === 2) return [[edges[0]!, edges[1]!]];
  if (edges.length === 0) return [];
  const centre = (corners[0]! + corners[1]! + corners[2]! + corners[3]!) / 4 >= level;
  return centre === a
    ? [
        [top, right],
        [bottom, left],
      ]
    : [
        [top, left],
        [bottom, right],
      ];
}

function traceLines(neighbours: ReadonlyMap<number, readonly number[]>): { edges: number[]; closed: boolean }[] {
  const visited = new Set<number>();
  const walk = (start: number) => {
    const edges: number[] = [];
    for (let at: number | undefined = start; at !== undefined; at = neighbours.get(at)?.find((n) => !visited.has(n))) {
      visited.add(at);
      edges.push(at);
    }
    return edges;
  };
  const lines: { edges: number[]; closed: boolean }[] = [];
  // Open lines first, from their ends; what is left are rings.
  for (const [edge, next] of neighbours)
    if (next.length === 1 && !visited.has(edge)) lines.push({ edges: walk(edge), closed: false });
  for (const edge of neighbours.keys()) if (!visited.has(edge)) lines.push({ edges: walk(edge), closed: true });
  return lines;
}

function crossing(map: Float32Array, width: number, edge: number, level: number): [number, number] {
  const i = edge >> 1;
  const [x, y] = [i % width, Math.floor(i / width)];
  const down = (edge & 1) === 1;
  const [from, to] = [map[i]!, map[down ? i + width : i + 1]!];
  const t = (level - from) / (to - from);
  return down ? [x, y + t] : [x + t, y];
}
