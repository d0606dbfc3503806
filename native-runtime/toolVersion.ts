import { version } from '../package.json';

/** The product's version, as it is written into the files it makes. */
export const toolVersion: string = version;
