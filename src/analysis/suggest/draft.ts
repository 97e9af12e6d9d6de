import type { Dossier } from '../../domain/dossier.ts';
import { plural } from '../../phrases/plural.ts';
import { plainLine } from '../../text/plain_text.ts';
import { type Group, isApprovedByPeople } from './groups.ts';
import { ANY, ownerLine, protectors } from './owners.ts';
import { type People, peopleLines } from './people.ts';
import { type MarkedKey, marksOf, plainLetters } from './sensitive.ts';
import { type Unusual, unusualIn } from './unusual.ts';
import { SENSITIVE_KINDS, type SensitiveKind, TOMORROW } from './words.ts';

/** A class of the draft: what lies in one container. */
type Drafted = { readonly name: string; readonly container: string; readonly groups: readonly Group[] };

const KEYS: readonly MarkedKey[] = ['tag', 'container', 'asset_type', 'asset'];

/**
 * The text of an `access.yml`: protective classes first, then a class for each container from which people approve, recommended
 * only. Deterministic: the same window gives the same text.
 */
export function draftOf(
  dossiers: readonly Dossier[],
  groups: readonly Group[],
  about: string,
  people: People = NO_PEOPLE,
): string {
  const classes = classesOf(groups.filter(({ not }) => not === null));
  const owners = protectors(dossiers);
  const marks = dossiers.flatMap(marksOf);
  return [
    `# A draft by \`portcullis policy suggest\`: ${about}.`,
    '# Read it from the top. What is protected is never decided without a person; everything else is recommended, and nothing is',
    '# enforced until somebody writes `mode: enforce`. `portcullis policy why <request-id>` shows what a row does.',
    'version: 1',
    '',
    'classes:',
    ...SENSITIVE_KINDS.flatMap((kind) => [
      `  ${kind}:`,
      `    about: ${quoted(`protected: ${kind.replaceAll('-', ' ')}`)}`,
      '    mode: observe',
      '    floor: high',
      ...ownerLine(owners.get(kind)),
    ]),
    '  unclear:',
    '    about: "protected: differs from its neighbours, and no word of the list says why"',
    '    mode: observe',
    ...ownerLine(owners.get(ANY)),
    '  changes:',
    '    about: "protected: changing records of the vault"',
    '    mode: observe',
    '    floor: high',
    ...ownerLine(owners.get(ANY)),
    ...classes.flatMap(classLines),
    '',
    '# Never approved without a person, whatever the risk, the role or an exception.',
    'never_auto:',
    ...[...SENSITIVE_KINDS, 'unclear', 'changes'].map((kind) => `  - ${kind}`),
    '',
    'privileged:',
    '  - "*:admin"',
    '',
    'mapping:',
    '  # Protected: by words in several languages, wherever they stand, also in what comes later.',
    ...SENSITIVE_KINDS.flatMap((kind) => KEYS.map((key) => wordsRow(kind, key))),
    '  # Protected: what the list found in this vault, as the vault writes it.',
    ...seenRows(marks),
    ...unusualRows(unusualIn(dossiers)),
    '  - { when: { operation: "{*Edit*,*Write*,*Rotate*,*Reset*,*Change*,*Update*,*Delete*,*Remove*,*Create*,*Manage*,*Grant*,*Share*}" }, classes: [changes] }',
    ...classes.flatMap(({ name, groups: its }) => ['', ...its.flatMap((group) => rowLines(name, group))]),
    '',
    ...peopleLines(dossiers, people, entitlementIn(classes)),
    ...notProposed(groups),
    'break_glass:',
    '  forms: ["*break?glass*", "*breakglass*", "*emergency*", "*notfall*", "*urgence*", "*emergencia*"]',
    '  tags: ["*break?glass*", "*breakglass*"]',
    '',
  ].join('\n');
}

const NO_PEOPLE: People = { identities: [], identitiesFile: null };
/** What the draft calls the access that people granted; null for what it does not propose. */
function entitlementIn(classes: readonly Drafted[]): (dossier: Dossier) => string | null {
  const names = new Map(
    classes.flatMap(({ name, groups }) =>
      groups.map(({ container, type, operation }) => [
        JSON.stringify([container, type, operation]),
        `${name}:${levelOf(operation)}`,
      ]),
    ),
  );
  return (dossier) => {
    if (!isApprovedByPeople(dossier) || marksOf(dossier).length > 0) return null;
    const { asset, request } = dossier;
    return names.get(JSON.stringify([asset?.containerPath ?? '', asset?.type ?? '', request.operation ?? ''])) ?? null;
  };
}

const quoted = (text: string): string => JSON.stringify(text);
/** One line, so that nothing of a vault ends a comment. */
const comment = (text: string): string => plainLine(text, 200);

function classesOf(groups: readonly Group[]): Drafted[] {
  const names = new Set<string>([...SENSITIVE_KINDS, 'unclear', 'changes']);
  return [...Map.groupBy(groups, ({ container }) => container)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([container, some]) => {
      const name = freeName(slugOf(container), names);
      names.add(name);
      return { name, container, groups: some };
    });
}

/** The last two levels of a path, as a class may be called. */
function slugOf(container: string): string {
  const levels = container
    .split('/')
    .filter((level) => level.trim() !== '')
    .slice(-2);
  const slug = plainLetters(levels.join('-'))
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return /^[a-z]/.test(slug) ? slug : `at-${slug || 'root'}`;
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  for (let n = 1; ; n++) {
    const one = n === 1 ? name : `${name}-${n}`;
    if (!taken.has(one)) return one;
  }
}

function classLines({ name, container, groups }: Drafted): string[] {
  const [owner] = [...approversOf(groups)].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const hours = groups.flatMap((group) => group.hours).sort((a, b) => a - b);
  const most = hours[Math.ceil(hours.length * 0.95) - 1];
  return [
    `  ${name}:`,
    `    about: ${quoted(`what lies in ${comment(container)}`)}`,
    '    mode: recommend',
    ...(owner === undefined ? [] : [`    owner: ${quoted(owner[0])} # approved ${owner[1]} of them`]),
    ...(most === undefined
      ? []
      : [`    max_hours: ${Math.min(8784, Math.max(1, Math.ceil(most)))} # as long as 95 % of what people granted`]),
  ];
}

function approversOf(groups: readonly Group[]): Map<string, number> {
  const all = new Map<string, number>();
  for (const { approvers } of groups) for (const [who, count] of approvers) all.set(who, (all.get(who) ?? 0) + count);
  return all;
}

function rowLines(name: string, { container, type, operation, ...group }: Group): string[] {
  const by = group.approvers.slice(0, 3).map(([who, count]) => `${comment(who)} ${count}`);
  const waits = group.waiting === 0 ? 'none waits' : `${group.waiting} ${group.waiting === 1 ? 'waits' : 'wait'}`;
  return [
    `  # ${plural(group.requests, 'request')} of ${plural(group.requestors, 'person', 'people')}: people approved ${group.approved}${by.length === 0 ? '' : ` (${by.join(', ')})`} and refused ${group.refused}; ${waits}`,
    `  - when: { container: ${quoted(container)}, asset_type: ${quoted(type)}, operation: ${quoted(operation)} }`,
    `    entitlement: ${name}:${levelOf(operation)}`,
    `    classes: [${name}]`,
  ];
}

function levelOf(operation: string): string {
  if (/view|read|list|get/i.test(operation)) return 'read';
  if (/unlock|connect|open|use/i.test(operation)) return 'operate';
  const slug = plainLetters(operation)
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return slug === '' ? 'use' : slug;
}

/** The most telling words of a kind, wherever they stand. */
function wordsRow(kind: SensitiveKind, key: MarkedKey): string {
  const words = `{${TOMORROW[kind].map((word) => `*${word}*`).join(',')}}`;
  return `  - { when: { ${key}: ${quoted(key === 'container' ? `/**/${words}/**` : words)} }, classes: [${kind}] }`;
}

/** What was found, exactly; a character that has a meaning in patterns stands for any one. */
function seenRows(marks: ReturnType<typeof marksOf>): string[] {
  const seen = new Map<string, string>();
  for (const { key, value, kind, word } of marks) {
    const exact = `${value.replaceAll(/[*{},]/g, '?')}${key === 'container' ? '/**' : ''}`;
    const row = `  - { when: { ${key}: ${quoted(exact)} }, classes: [${kind}] } # \`${word}\``;
    seen.set(`${kind} ${key} ${exact}`, row);
  }
  return [...seen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

/** Each is a question: take the row out when it means nothing. */
const unusualRows = (unusual: readonly Unusual[]): string[] =>
  unusual.map(
    ({ key, value, on, of }) =>
      `  - { when: { ${key}: ${quoted(value.replaceAll(/[*{},]/g, '?'))} }, classes: [unclear] } # on ${on} of ${of} alike: what does it mean?`,
  );

const MOST_NAMED = 200;

function notProposed(groups: readonly Group[]): string[] {
  const left = groups.filter(({ not }) => not !== null);
  if (left.length === 0) return [];
  return [
    '# Not proposed:',
    ...left
      .slice(0, MOST_NAMED)
      .map(({ container, type, operation, requests, not }) =>
        comment(`# - ${operation} of ${type} in ${container} (${plural(requests, 'request')}): ${not}`),
      ),
    ...(left.length > MOST_NAMED ? [`# and ${left.length - MOST_NAMED} more`] : []),
    '',
  ];
}
