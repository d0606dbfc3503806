/** Commands that compute with models. A full memory, a fault of a driver or a file that is cut off may end their process. */
const commands: readonly string[] = ['train', 'sample', 'attention', 'score', 'study', 'estimate'];

/** Whether a command line computes with a model; help does not. */
export function computes([command = '', ...args]: readonly string[]): boolean {
  return commands.includes(command) && !args.some((arg) => arg === '--help' || arg === '-h');
}
