import type { Dossier } from '../../domain/dossier.ts';
import { plural } from '../../phrases/plural.ts';
import type { AccessModel } from '../../policy/access_model.ts';
import { personOf } from '../../policy/people.ts';

/** What one person of the identities was granted, by the rows of the draft. */
type Holder = { readonly roles: readonly string[]; readonly holds: Set<string> };

/** An entitlement is standard for a role when so many of its people were granted it. */
const STANDARD = 0.8;
/** Of smaller roles nobody can say what is standard. */
const LEAST_PEOPLE = 3;
/** Two entitlements are never held together by chance alone when so many were to be expected to hold both. */
const EXPECTED_TOGETHER = 3;
const MOST_PAIRS = 20;

export type People = Pick<AccessModel, 'identities' | 'identitiesFile'>;

/**
 * Roles and separation of duties as questions: commented, because nobody but a person can say whether what is usual is meant.
 * `entitlementOf` is what the draft calls the access of a request; null for what it does not propose. Nothing without
 * identities.
 */
export function peopleLines(
  dossiers: readonly Dossier[],
  people: People,
  entitlementOf: (dossier: Dossier) => string | null,
): string[] {
  const { identities } = people;
  if (identities.length === 0) return [];
  const holders = holdersIn(dossiers, people, entitlementOf);
  const file =
    people.identitiesFile === null ? 'identities: { people: [] }' : `identities: { file: ${people.identitiesFile} }`;
  return [
    `# Questions about people, from ${plural(identities.length, 'identity', 'identities')} of the policy in use. Take out the \`#\` where the answer is yes. With roles, what is not`,
    '# standard for a role of the requestor is left to people.',
    `# ${file}`,
    ...roleLines(identities, holders),
    ...pairLines(holders),
    '',
  ];
}

function holdersIn(
  dossiers: readonly Dossier[],
  people: People,
  entitlementOf: (dossier: Dossier) => string | null,
): ReadonlyMap<string, Holder> {
  const model = people as AccessModel;
  const holders = new Map<string, Holder>();
  for (const dossier of dossiers) {
    const entitlement = entitlementOf(dossier);
    if (entitlement === null) continue;
    const person = personOf(dossier.request, model);
    if (!person.known) continue;
    const key = (dossier.request.requestor.name ?? dossier.request.requestor.displayName ?? '').toLowerCase();
    const holder = holders.get(key) ?? { roles: person.roles, holds: new Set<string>() };
    holder.holds.add(entitlement);
    holders.set(key, holder);
  }
  return holders;
}

/**
 * Of a role's people: those who were granted anything at all, because the others may not use the vault. Every role is named: the
 * identities name them, and a role that is not described is an error.
 */
function roleLines(identities: People['identities'], holders: ReadonlyMap<string, Holder>): string[] {
  const roles = [...new Set(identities.flatMap(({ roles: its }) => its))].sort();
  if (roles.length === 0) return [];
  return ['# roles:', ...roles.flatMap((role) => linesOf(role, holders))];
}

function linesOf(role: string, holders: ReadonlyMap<string, Holder>): string[] {
  const its = [...holders.values()].filter(({ roles: theirs }) => theirs.includes(role));
  const counts = countOf(its.flatMap(({ holds }) => [...holds]));
  const standard = [...counts].filter(([, count]) => count >= STANDARD * its.length).sort(byName);
  if (its.length < LEAST_PEOPLE || standard.length === 0) {
    const granted =
      its.length === 0
        ? 'nobody of it was granted anything'
        : `${plural(its.length, 'person', 'people')} of it, and nothing that is usual`;
    return [`#   ${role}: { standard: [] } # ${granted}`];
  }
  return [
    `#   ${role}: # ${plural(its.length, 'person', 'people')} of it were granted something`,
    '#     standard:',
    ...standard.map(([name, count]) => `#       - ${name} # ${count} of ${its.length}: standard for this role?`),
  ];
}

function pairLines(holders: ReadonlyMap<string, Holder>): string[] {
  const all = [...holders.values()];
  const counts = [...countOf(all.flatMap(({ holds }) => [...holds]))].sort(byName);
  const pairs = counts.flatMap(([one, a], i) =>
    counts.slice(i + 1).flatMap(([other, b]) => {
      const expected = (a * b) / all.length;
      const together = all.some(({ holds }) => holds.has(one) && holds.has(other));
      return together || expected < EXPECTED_TOGETHER ? [] : [{ one, other, a, b, expected }];
    }),
  );
  if (pairs.length === 0) return [];
  return [
    '# sod_conflicts:',
    ...pairs
      .sort((p, q) => q.expected - p.expected || (p.one < q.one ? -1 : 1))
      .slice(0, MOST_PAIRS)
      .map(
        ({ one, other, a, b }) =>
          `#   - [${one}, ${other}] # ${a} and ${b} people, nobody both: are these duties apart?`,
      ),
  ];
}

function countOf(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

const byName = ([a]: readonly [string, number], [b]: readonly [string, number]): number => (a < b ? -1 : 1);
