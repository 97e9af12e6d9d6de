import { differences, isSame, type Manifest, type ReadFile } from '../domain/manifest.ts';
import type { RunFacts } from '../domain/run_record.ts';
import { type Change, changeWords } from '../phrases/change_words.ts';
import type { NewEntry } from './entry.ts';

/** What decides in this run, as it was read. */
export type WhatDecides = {
  readonly policy: { readonly files: readonly ReadFile[] } & Pick<Manifest, 'policies' | 'sections'>;
  readonly prompts: { readonly files: readonly ReadFile[] };
};

type Known = {
  readonly digests: { readonly policy: string; readonly prompts: string } | null;
  readonly manifest: Manifest | null;
};

const NOTHING = { added: [], removed: [], changed: [] };

/**
 * The entries about what is not as it was in the run before, whichever process that was, and a line about each for report
 * and mail. Once for each change: the run that begins writes down what it decides with.
 */
export function changesSince(
  { runId: run, digests }: Pick<RunFacts, 'runId' | 'digests'>,
  { digests: before, manifest }: Known,
  now: WhatDecides,
): { readonly entries: NewEntry[]; readonly words: string[] } {
  const entries: NewEntry[] = [];
  const words: string[] = [];
  const parts = { policy: now.policy, prompts: { ...now.prompts, policies: [], sections: [] } } as const;
  for (const what of ['policy', 'prompts'] as const) {
    if (before === null || before[what] === digests[what]) continue;
    const known = manifest === null ? null : only(manifest, what);
    const change = known === null ? null : changeOf(known, parts[what]);
    words.push(changeWords(what, change));
    const told = change === null ? {} : toldOf(change);
    entries.push({ kind: `${what}.changed`, run, data: { before: before[what], after: digests[what], ...told } });
  }
  const today = manifestOf(now);
  if (manifest === null || JSON.stringify(manifest) !== JSON.stringify(today)) {
    entries.push({ kind: 'policy.read', run, data: today });
  }
  return { entries, words };
}

/** Prompts stand in a folder of their own, under which name tells them apart. */
const PROMPTS = 'prompts/';

function manifestOf({ policy, prompts }: WhatDecides) {
  const named = (prefix: string) => (file: ReadFile) => ({ name: `${prefix}${file.name}`, digest: file.digest });
  return {
    files: [...policy.files.map(named('')), ...prompts.files.map(named(PROMPTS))],
    policies: policy.policies.map(({ name, digest }) => ({ name, digest })),
    sections: policy.sections.map(({ name, digest }) => ({ name, digest })),
  };
}

/** The part of a manifest that is about the policy, or about the prompts. */
function only({ files, policies, sections }: Manifest, what: 'policy' | 'prompts'): Manifest {
  if (what === 'policy') return { files: files.filter(({ name }) => !name.startsWith(PROMPTS)), policies, sections };
  const ours = files.filter(({ name }) => name.startsWith(PROMPTS));
  return {
    files: ours.map(({ name, digest }) => ({ name: name.slice(PROMPTS.length), digest })),
    ...{ policies: [], sections: [] },
  };
}

function changeOf(before: Manifest, now: WhatDecides['policy']): Change {
  const files = differences(before.files, now.files);
  const touched = now.files
    .filter(({ name }) => files.added.includes(name) || files.changed.includes(name))
    .map(({ name, owner, modified }) => ({ name, owner, modified }));
  return {
    files,
    policies: differences(before.policies, now.policies),
    sections: differences(before.sections, now.sections),
    touched,
  };
}

/** Without what says nothing. */
function toldOf({ files, policies, sections, touched }: Change) {
  return {
    files: isSame(files) ? NOTHING : files,
    ...(!isSame(policies) && { policies }),
    ...(!isSame(sections) && { sections }),
    touched: touched.map(({ name, owner, modified }) => ({ file: name, owner, modified: timeOf(modified) })),
  };
}

/** A file system may hold times that no calendar has. */
const timeOf = (at: number): string => {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? new Date(0).toISOString() : date.toISOString();
};
