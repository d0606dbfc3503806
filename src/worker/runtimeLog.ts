/** Where the worker code writes; VS Code's `LogOutputChannel` is one. */
export interface RuntimeLog {
  error(message: string): void;
  warn(message: string): void;
  info(message: string): void;
  debug(message: string): void;
}
