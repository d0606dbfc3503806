/** The argument that makes a program of the runtime probe one device and end. */
export const PROBE_ARGUMENT = '--probe-device';
