/** Set for a command that another process of the program watches; a user who sets it gets the command alone. */
export const SUPERVISED = 'CUSTOM_DIFFUSION_SUPERVISED';

/** Whether this process is to run its command itself. */
export function isSupervised(): boolean {
  return process.env[SUPERVISED] !== undefined;
}
