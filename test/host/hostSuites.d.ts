/** Every file of `suites/`, by name, as `scripts/buildHostTests.mjs` finds them. */
declare module 'host-suites' {
  export const suites: Record<string, Record<string, unknown>>;
}
