import type { Background, Style } from './scene';
import { ellipse, path, rectangle } from './shapes';

/** The scenery of a place, 64×64, two or three large areas of clear colours. */
export function backgroundSvg(background: Background): string {
  switch (background) {
    case 'grass':
      return (
        rectangle(0, 0, 64, 64, 'fill="#a9dcf7"') +
        path('M0 33Q16 25 34 31T64 29V64H0Z', 'fill="#4fa63f"') +
        rectangle(0, 50, 64, 14, 'fill="#3c8f33"')
      );
    case 'beach':
      return (
        rectangle(0, 0, 64, 20, 'fill="#ffe9c9"') +
        rectangle(0, 20, 64, 16, 'fill="#1f78c8"') +
        rectangle(0, 36, 64, 28, 'fill="#e6bf7a"') +
        ellipse(52, 10, 6, 6, 'fill="#ff8f5a"')
      );
    case 'snow':
      return (
        rectangle(0, 0, 64, 64, 'fill="#7f93b8"') +
        path('M0 36Q16 28 34 34T64 31V64H0Z', 'fill="#e4edf7"') +
        [
          [7, 9],
          [31, 6],
          [57, 9],
        ]
          .map(([x, y]) => ellipse(x!, y!, 2.2, 2.2, 'fill="#f4f8ff"'))
          .join('')
      );
    case 'room':
      return (
        rectangle(0, 0, 64, 42, 'fill="#f0c4b0"') +
        rectangle(0, 42, 64, 22, 'fill="#8d5f8a"') +
        rectangle(4, 5, 17, 18, 'fill="#fff6ea"') +
        rectangle(6, 7, 13, 14, 'fill="#6fa8d8"')
      );
  }
}

/** What a style puts behind the animals: a painting has a wooden frame. */
export function styleFrame(style: Style): string {
  return style === 'painting' ? rectangle(2, 2, 60, 60, 'fill="none" stroke="#5a3414" stroke-width="4"') : '';
}

/** What a style lays over the finished scene: a painting is washed in ochre. */
export function styleWash(style: Style): string {
  return style === 'painting' ? rectangle(0, 0, 64, 64, 'fill="#c9842a" fill-opacity="0.36"') : '';
}
