import type { Differences, ReadFile } from '../domain/manifest.ts';
import { utcMinute } from './time_words.ts';

/** What of the policy folder, or of the prompts, is not as it was in the run before. */
export type Change = {
  readonly files: Differences;
  readonly policies: Differences;
  readonly sections: Differences;
  /** Who touched the files that are there, as far as the system tells. */
  readonly touched: readonly Pick<ReadFile, 'name' | 'owner' | 'modified'>[];
};

const WHAT = { policy: 'The policy folder', prompts: 'The prompts' } as const;

/** One line for report and mail. Null: an earlier version wrote down no names. */
export function changeWords(what: keyof typeof WHAT, change: Change | null): string {
  const begun = `${WHAT[what]} changed since the run before`;
  if (change === null) return `${begun}; which files, the ledger does not tell.`;
  const { files, policies, sections, touched } = change;
  const parts = [
    ...told('file', files),
    ...told('rule', policies),
    ...told('section of access.yml', sections),
    ...(touched.length === 0 ? [] : [`by ${touched.map(touchWords).join(', ')}`]),
  ];
  return `${begun}: ${parts.length === 0 ? 'the order of its rules' : parts.join('; ')}.`;
}

function told(what: string, differences: Differences): string[] {
  return (['added', 'removed', 'changed'] as const).flatMap((how) =>
    differences[how].length === 0 ? [] : [`${what} ${how}: ${listed(differences[how])}`],
  );
}

/** More names than anybody reads in a line; all of them stand in the ledger. */
const MOST = 8;

const listed = (names: readonly string[]): string =>
  names.length <= MOST ? names.join(', ') : `${names.slice(0, MOST).join(', ')} and ${names.length - MOST} more`;

const touchWords = ({ name, owner, modified }: Change['touched'][number]): string =>
  `${owner ?? 'an unknown account'} (${name}, ${utcMinute(modified)})`;
