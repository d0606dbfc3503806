import { isIP } from 'node:net';

const localAddresses = [
  /^(0|10|127)\./,
  /^169\.254\./,
  /^192\.168\./,
  /^172\.(1[6-9]|2\d|3[01])\./,
  /^::1?$/,
  /^f[cd][0-9a-f]{2}:/,
  /^fe[89ab][0-9a-f]:/,
  // The same IPv4 addresses, written as IPv6.
  /^::ffff:/,
];

/** Whether a host name means this machine or its own network, as far as the name says. */
export function isLocalHost(hostname: string): boolean {
  const name = hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  return isIP(name) !== 0 && localAddresses.some((pattern) => pattern.test(name));
}
