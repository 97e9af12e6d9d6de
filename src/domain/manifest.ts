/** What decides, by names and digests: no contents. Kept in the ledger, so that a run can tell what changed since another. */
export type Named = { readonly name: string; readonly digest: string };

export type Manifest = {
  /** Files of the policy folder and of the prompts. */
  readonly files: readonly Named[];
  /** Policies, by their ids. */
  readonly policies: readonly Named[];
  /** Sections of access.yml. */
  readonly sections: readonly Named[];
};

/** One file that was read, and who touched it last as far as the system tells. */
export type ReadFile = Named & {
  readonly owner: string | null;
  /** Milliseconds since the epoch. */
  readonly modified: number;
};

export type Differences = {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
};

/** By name, sorted. */
export function differences(before: readonly Named[], now: readonly Named[]): Differences {
  const [old, today] = [digestsOf(before), digestsOf(now)];
  const names = [...new Set([...old.keys(), ...today.keys()])].sort();
  return {
    added: names.filter((name) => !old.has(name)),
    removed: names.filter((name) => !today.has(name)),
    changed: names.filter((name) => old.has(name) && today.has(name) && old.get(name) !== today.get(name)),
  };
}

export const isSame = ({ added, removed, changed }: Differences): boolean =>
  added.length + removed.length + changed.length === 0;

const digestsOf = (named: readonly Named[]) => new Map(named.map(({ name, digest }) => [name, digest]));
