/** An ellipse element; `attributes` are appended as they are. */
export function ellipse(x: number, y: number, rx: number, ry: number, attributes = ''): string {
  return `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}"${attributes && ` ${attributes}`}/>`;
}

/** A path element; `attributes` are appended as they are. */
export function path(d: string, attributes = ''): string {
  return `<path d="${d}"${attributes && ` ${attributes}`}/>`;
}

/** A rectangle element; `attributes` are appended as they are. */
export function rectangle(x: number, y: number, width: number, height: number, attributes = ''): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}"${attributes && ` ${attributes}`}/>`;
}

/** Shapes filled with one colour and drawn around with another, as one silhouette without inner lines. */
export function silhouette(shapes: string, fill: string, outline: string, width = 1.3): string {
  return (
    `<g fill="${outline}" stroke="${outline}" stroke-width="${2 * width}" stroke-linejoin="round">${shapes}</g>` +
    `<g fill="${fill}">${shapes}</g>`
  );
}

/** A thick line filled with one colour and drawn around with another. */
export function ribbon(d: string, thickness: number, fill: string, outline: string, width = 1.2): string {
  const round = 'fill="none" stroke-linecap="round" stroke-linejoin="round"';
  return (
    path(d, `${round} stroke="${outline}" stroke-width="${thickness + 2 * width}"`) +
    path(d, `${round} stroke="${fill}" stroke-width="${thickness}"`)
  );
}

/** The `d` of a five-pointed star. */
export function starPath(x: number, y: number, radius: number): string {
  const corner = (i: number) => {
    const r = i % 2 === 0 ? radius : radius * 0.48;
    const angle = (i * Math.PI) / 5 - Math.PI / 2;
    return `${(x + r * Math.cos(angle)).toFixed(2)} ${(y + r * Math.sin(angle)).toFixed(2)}`;
  };
  return `M${Array.from({ length: 10 }, (_, i) => corner(i)).join('L')}Z`;
}
