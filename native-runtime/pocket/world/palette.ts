import type { Coat } from './scene';

/** The colours one animal is painted with. */
export interface CoatColours {
  /** Most of the body. */
  base: string;
  /** Ears, far legs, wings. */
  shade: string;
  /** Muzzle and paws. */
  light: string;
  /** Spots, stripes, patches and rare markings. */
  mark: string;
  /** The line around the animal. */
  outline: string;
}

/** One fixed set of colours a coat: shades do not vary, so they need not be learned. */
export const COAT_COLOURS: Record<Coat, CoatColours> = {
  orange: { base: '#f0801e', shade: '#bf5a0c', light: '#ffd9a8', mark: '#fff1dc', outline: '#5c2a08' },
  black: { base: '#34343c', shade: '#17171c', light: '#76767f', mark: '#e9e9ee', outline: '#08080b' },
  white: { base: '#fbfbfb', shade: '#cfd3dc', light: '#ffffff', mark: '#3c3c46', outline: '#55596a' },
  grey: { base: '#8e97a6', shade: '#626b7a', light: '#ccd2dc', mark: '#3a404c', outline: '#2a2f3a' },
  brown: { base: '#804c26', shade: '#552f14', light: '#d6a878', mark: '#f0d3a6', outline: '#2c1606' },
  yellow: { base: '#fbd22e', shade: '#d19d0a', light: '#fff3b8', mark: '#8a4b10', outline: '#66480a' },
  teal: { base: '#12a896', shade: '#0a7266', light: '#b6efe6', mark: '#ffffff', outline: '#053f38' },
  magenta: { base: '#e0388e', shade: '#a31b61', light: '#ffc3df', mark: '#2a1020', outline: '#570b33' },
  violet: { base: '#7a48d6', shade: '#522aa0', light: '#d8c6ff', mark: '#ffd92e', outline: '#2a1260' },
  lime: { base: '#bfe81e', shade: '#86a90c', light: '#f0ffb4', mark: '#1d3f9e', outline: '#3f5204' },
};
