import { type AccessRequest, type AgentIdentity, identityOf } from '../domain/access_request.ts';

/** The agent's own accounts, as they become known: the one that lists, and whichever writes or wrote in its name. */
export type OwnAccounts = {
  all(): readonly string[];
  add(...names: readonly (string | null)[]): void;
  /** Whether one of them made the request. */
  identity(request: AccessRequest): AgentIdentity;
};

export function ownAccounts(first: readonly string[]): OwnAccounts {
  const known = new Set(first);
  return {
    all: () => [...known],
    add: (...names) => {
      for (const name of names) if (name !== null) known.add(name);
    },
    identity: (request) => identityOf(request, [...known]),
  };
}
