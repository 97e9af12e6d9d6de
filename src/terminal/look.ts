/** How what is written to a terminal may look, by what people set in every program for it. */
export type Look = {
  /** Readable lines instead of JSON. */
  readonly readable: boolean;
  readonly colour: boolean;
  /** A line that is drawn over itself. */
  readonly moving: boolean;
};

/**
 * `NO_COLOR` (https://no-color.org) switches colours off, `TERM=dumb` also what moves. `FORCE_COLOR` outweighs both for
 * colours, as it does in Node; on what is no terminal nothing is coloured, because it is JSON for a log collector there.
 */
export function lookOf(env: Readonly<Record<string, string | undefined>>, terminal: boolean): Look {
  const dumb = env.TERM === 'dumb';
  const forced = env.FORCE_COLOR?.trim().toLowerCase() ?? '';
  const wanted =
    forced === '' ? !dumb && (env.NO_COLOR ?? '') === '' : !['0', 'false', 'no', 'off', 'none'].includes(forced);
  return { readable: terminal, colour: terminal && wanted, moving: terminal && !dumb };
}
