import { ACTION_NAMES } from '../../domain/action.ts';
import { plural } from '../../phrases/plural.ts';
import type { AccessModel, Identity } from '../../policy/access_model.ts';
import type { Policy } from '../../policy/load.ts';
import { identitiesLike, sameAccount } from '../../policy/people.ts';
import type { Place } from '../../policy/place.ts';
import { DAY_MS } from '../../util/durations.ts';
import { ACCESS_LINTS } from './access_lints.ts';
import type { ArchiveUse } from './archive_use.ts';
import { neverRead } from './attributes.ts';
import { COVERAGE_LINTS, type Coverage } from './coverage.ts';
import { ambiguousAnyway, ambiguousRows, linesOf, withoutOperation } from './mapping_rows.ts';
import type { Reach } from './reach.ts';

/** What is worth a person's while about a policy folder that loads. */
export type CheckFinding = {
  readonly level: keyof typeof LEVELS;
  /** The name of the check that found it. */
  readonly check: string;
  readonly message: string;
  readonly place: Place | null;
};

/** An error is the exit code; a warning may be meant; a note is only worth knowing. */
export const LEVELS = {
  error: '✗',
  warning: '!',
  note: '·',
} as const satisfies Record<string, string>;

export type LintFacts = {
  readonly policy: Policy;
  readonly reach: Reach;
  /** Null while no run is archived. */
  readonly use: ArchiveUse | null;
  /** Null while no run has read an asset. */
  readonly coverage: Coverage | null;
  readonly days: number;
  readonly now: number;
};
type Found = Omit<CheckFinding, 'level' | 'check'>;
type Lint = { readonly level: CheckFinding['level']; readonly find: (facts: LintFacts) => readonly Found[] };

/** A rule that would let through more than this share of the requests decides nearly alone. */
const BROAD = 0.5;
/** Of fewer requests a share says nothing. */
const ENOUGH = 20;
const SOON_DAYS = 14;

/** Everything that is looked for in a folder that loads; an error is what must not be. */
export const LINTS = {
  'opens-the-gate': {
    level: 'error',
    find: ({ reach, policy }) =>
      reach.opens.map(({ id, what }) => ({ message: `\`${id}\` lets the agent ${what}`, place: placeOf(policy, id) })),
  },
  'policy-fails': {
    level: 'error',
    find: ({ reach }) => reach.errors.map((message) => ({ message: `on a made-up request: ${message}`, place: null })),
  },
  'exception-expired': {
    level: 'warning',
    find: ({ policy, now }) =>
      policy.access.exceptions
        .filter(({ endsAt }) => endsAt <= now)
        .map(({ id, until, owner, place }) => ({
          message: `the exception \`${id}\` ended on ${until} and counts for nothing; ${owner} can take it out`,
          place,
        })),
  },
  'exception-ends-soon': {
    level: 'warning',
    find: ({ policy, now }) =>
      policy.access.exceptions
        .filter(({ endsAt }) => endsAt > now && endsAt <= now + SOON_DAYS * DAY_MS)
        .map(({ id, until, owner, place }) => ({
          message: `the exception \`${id}\` ends on ${until}; ask ${owner}`,
          place,
        })),
  },
  unreachable: {
    level: 'warning',
    find: ({ reach, use }) =>
      reach.never
        .filter(({ policy }) => use === null || !use.decided.has(policy.id))
        .map(({ policy, outweighedBy }) => {
          const why =
            outweighedBy.length > 0
              ? `whenever it fits, ${outweighedBy.map((id) => `\`${id}\``).join(' or ')} outweighs it`
              : `none of ${reach.tried} made-up requests fits it`;
          return { message: `\`${policy.id}\` seems never to decide anything: ${why}`, place: policy.place };
        }),
  },
  'over-broad': {
    level: 'warning',
    find: (facts) =>
      permits(facts)
        .filter(({ share }) => share > BROAD)
        .map(({ found }) => found),
  },
  'nothing-permits': {
    level: 'warning',
    find: ({ policy }) =>
      ACTION_NAMES.filter(
        (action) => !policy.policies.some(({ effect, actions }) => effect === 'permit' && actions.includes(action)),
      ).map((action) => ({ message: `no policy permits \`${action}\`, so its switch changes nothing`, place: null })),
  },
  'class-without-owner': {
    level: 'warning',
    find: ({ policy: { access } }) =>
      [...access.classes.values()]
        .filter(({ owner }) => owner === null)
        .map(({ name, place }) => ({
          message: `the class \`${name}\` has no \`owner\`: nobody to send its requests to`,
          place,
        })),
  },
  'never-auto-unmapped': {
    level: 'warning',
    find: ({ policy: { access } }) =>
      [...access.neverAuto]
        .filter((name) => !access.mapping.some(({ classes }) => classes.includes(name)))
        .map((name) => ({
          message: `\`${name}\` is never_auto, but no row of the mapping gives that class, so it protects nothing`,
          place: access.classes.get(name)?.place ?? null,
        })),
  },
  'manager-unknown': {
    level: 'warning',
    find({ policy: { access } }) {
      const teams = Map.groupBy(access.identities, ({ manager }) => manager);
      return access.identities.flatMap((identity) => managerProblem(identity, teams, access));
    },
  },
  ...ACCESS_LINTS,
  'row-without-operation': {
    level: 'warning',
    find: ({ policy: { access } }) => withoutOperation(access.mapping),
  },
  'rows-ambiguous': {
    level: 'warning',
    find: ({ policy: { access } }) => ambiguousRows(access),
  },
  'requests-ambiguous': {
    level: 'warning',
    find: ({ use, days }) =>
      [...(use?.ambiguous ?? [])].map(([entitlements, count]) => ({
        message: `${plural(count, 'request')} of the last ${days} days could be any of ${entitlements}: rows of the mapping contradict each other, and a person decides`,
        place: null,
      })),
  },
  ...COVERAGE_LINTS,
  'row-never-fits': {
    level: 'warning',
    find: ({ policy: { access }, use, days }) => {
      if (use === null || use.active + use.granted < ENOUGH) return [];
      const rows = access.mapping.filter((_row, at) => !use.rows.has(at));
      const [first] = rows;
      if (first === undefined) return [];
      const which =
        rows.length === 1
          ? 'one row of the mapping fits'
          : `${rows.length} of ${access.mapping.length} rows of the mapping fit`;
      return [
        {
          message: `${which} no request of the last ${plural(days, 'day')}: lines ${linesOf(rows)}`,
          place: first.place,
        },
      ];
    },
  },
  'rows-ambiguous-anyway': {
    level: 'note',
    find: ({ policy: { access } }) => ambiguousAnyway(access),
  },
  'share-of-approvals': {
    level: 'note',
    find: (facts) =>
      permits(facts)
        .filter(({ share }) => share <= BROAD)
        .map(({ found }) => found),
  },
  'not-fitted-lately': {
    level: 'note',
    find: ({ policy, use, days }) => {
      if (use === null) return [];
      const idle = policy.policies.filter(({ id }) => !use.fitted.has(id)).map(({ id }) => id);
      return idle.length === 0
        ? []
        : [{ message: `fitted no request of the last ${plural(days, 'day')}: ${idle.join(', ')}`, place: null }];
    },
  },
  'never-read': {
    level: 'note',
    find: ({ policy }) => {
      const unread = neverRead(policy.policies, policy.access);
      return unread.length === 0 ? [] : [{ message: `facts that no policy reads: ${unread.join(', ')}`, place: null }];
    },
  },
  'no-archive': {
    level: 'note',
    find: ({ use, days }) =>
      use !== null && use.runs > 0
        ? []
        : [
            {
              message: `no archived run of the last ${plural(days, 'day')}: what the policies would have done is not known`,
              place: null,
            },
          ],
  },
} as const satisfies Record<string, Lint>;

/** All findings, in the order of the table. */
export const lint = (facts: LintFacts): CheckFinding[] =>
  Object.entries(LINTS).flatMap(([check, { level, find }]) => find(facts).map((found) => ({ level, check, ...found })));

const placeOf = ({ policies }: Policy, id: string) => policies.find((policy) => policy.id === id)?.place ?? null;

/** Each permit that would have approved any of the waiting requests. */
function permits({ policy, use, days }: LintFacts): { share: number; found: Found }[] {
  if (use === null || use.active < ENOUGH) return [];
  return [...use.approves].map(([id, count]) => {
    const share = count / use.active;
    const message = `\`${id}\` would have approved ${Math.round(share * 100)} % of the Active requests of the last ${plural(days, 'day')} (${count} of ${use.active})`;
    return { share, found: { message, place: placeOf(policy, id) } };
  });
}

function managerProblem(
  { user, manager, place }: Identity,
  teams: ReadonlyMap<string | null, readonly Identity[]>,
  { identities, approvals }: AccessModel,
): Found[] {
  const asked = [...approvals].find(([, approvers]) => approvers.includes('manager'))?.[0];
  if (manager === null) {
    const so =
      asked === undefined
        ? 'held requests are sent to "manager"'
        : `\`${asked}\` asks for one, so nothing of it is ever approved`;
    return [{ message: `\`${user}\` has no manager: ${so}`, place }];
  }
  if (sameAccount(user, manager)) return [{ message: `\`${user}\` is their own manager`, place }];
  if (identitiesLike(manager, identities).some((one) => sameAccount(one.user, manager))) return [];
  // Once for all of a team.
  const team = teams.get(manager) ?? [];
  if (team[0]?.user !== user) return [];
  const others = team.length === 1 ? '' : ` and ${team.length - 1} more`;
  return [{ message: `\`${manager}\`, the manager of \`${user}\`${others}, is not among the identities`, place }];
}
