/** A file of a package; `head` holds the first bytes of native files. */
export interface PackagedFile {
  name: string;
  packed: number;
  size: number;
  head?: Buffer;
}

export function readPackage(path: string): Promise<PackagedFile[]>;
export function packageProblems(files: PackagedFile[], target: string): string[];
