/** The agent's own accounts, as they become known: the one that lists, and whichever writes or wrote in its name. */
export type OwnAccounts = {
  all(): readonly string[];
  add(...names: readonly (string | null)[]): void;
};

export function ownAccounts(first: readonly string[]): OwnAccounts {
  const known = new Set(first);
  return {
    all: () => [...known],
    add: (...names) => {
      for (const name of names) if (name !== null) known.add(name);
    },
  };
}
