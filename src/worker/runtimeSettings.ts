/** What the user can set about the runtime process; read again at each use, so that a change counts at once. */
export interface RuntimeSettings {
  /** A Node program that runs the runtime instead of the editor's own; empty or absent for the editor's. */
  nodePath?: string;
  /** Folders that native libraries are taken from first. */
  libraryFolders?: readonly string[];
  /** Minutes without a request after which the process is ended and its memory given back; 0 for never. */
  idleMinutes: number;
  /** Minutes without a word from a job after which it is shown as hanging; 0 for never. */
  silenceMinutes: number;
}
