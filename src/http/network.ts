import type { AxiosAdapter } from 'axios';

/**
 * What the four clients send through in place of connections of their own, so that whole runs can be tried on a made-up
 * network. No setting leads here. Deadlines, the refusal of redirects and what errors say stay in front of it; limits of
 * size, certificates and connections belong to what it replaces.
 */
export type Network = {
  readonly vault: AxiosAdapter;
  readonly signIn: AxiosAdapter;
  readonly model: typeof fetch;
  readonly graph: typeof fetch;
};
