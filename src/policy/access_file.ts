import { DAY_MS } from '../util/durations.ts';
import type { AccessModel, Identity, MappingRow, SodRule, WhenKey } from './access_model.ts';
import { brokenReferences, knownNames, quoted, wordIssues } from './access_problems.ts';
import { ACCESS_FILE, type AccessFile } from './access_shape.ts';
import { readIdentities } from './identities_csv.ts';
import { pathPattern, wordPattern } from './pattern.ts';
import { sameAccount } from './people.ts';
import { type Finding, placed, topOf } from './place.ts';
import { ticketSystem } from './ticket_systems.ts';
import { YamlPlaces } from './yaml_places.ts';

/** `sections`: the plain value of the file, by its first level. */
export type AccessRead =
  | { readonly model: AccessModel; readonly sections: Readonly<Record<string, unknown>> }
  | { readonly findings: readonly Finding[] };

/**
 * Reads `access.yml` wholly or not at all: every problem of the file and of the identities beside it at once.
 * `readBeside` gives the name to show and the text of a file in the same folder, null when it is not there.
 */
export function readAccess(
  file: string,
  text: string,
  readBeside: (name: string) => { readonly file: string; readonly text: string } | null,
): AccessRead {
  const places = new YamlPlaces(file, text);
  const read = places.read();
  if ('findings' in read) return read;
  const parsed = ACCESS_FILE.safeParse(read.value);
  const findings = [
    ...(parsed.success ? [] : wordIssues(parsed.error.issues, places, read.value)),
    ...brokenReferences(read.value, places),
  ];
  if (!parsed.success) return { findings };

  const identities = inlineIdentities(parsed.data, places);
  const csv = parsed.data.identities.file;
  if (csv !== undefined) {
    const beside = readBeside(csv);
    if (beside === null) {
      findings.push({ place: places.of(['identities', 'file']), message: `${quoted(csv)} is not in this folder` });
    } else {
      const listed = readIdentities(beside.file, beside.text, knownNames(read.value).roles);
      identities.push(...listed.identities);
      findings.push(...listed.findings);
      if (identities.length === 0 && listed.findings.length === 0) {
        findings.push({ place: topOf(beside.file), message: NOBODY_LISTED });
      }
    }
  }
  findings.push(...twiceListed(identities));
  if (findings.length > 0) return { findings };
  return { model: modelOf(parsed.data, identities, places), sections: read.value as Readonly<Record<string, unknown>> };
}

/** INVARIANT: an export that failed does not make everybody known. */
const NOBODY_LISTED =
  'lists nobody, and while nobody is listed everybody counts as known; if that is meant, leave out `file` in access.yml';

const inlineIdentities = ({ identities }: AccessFile, places: YamlPlaces): Identity[] =>
  identities.people.map((person, at) => ({
    ...person,
    department: person.department ?? null,
    manager: person.manager ?? null,
    place: places.of(['identities', 'people', at]),
  }));

/** Two entries that may be one account: nobody could tell which of them holds. */
function twiceListed(identities: readonly Identity[]): Finding[] {
  const byName = new Map<string, Identity[]>();
  return identities.flatMap((identity) => {
    const bare = bareName(identity.user);
    const earlier = (byName.get(bare) ?? []).find(({ user }) => sameAccount(user, identity.user));
    byName.set(bare, [...(byName.get(bare) ?? []), identity]);
    if (earlier === undefined) return [];
    return [
      { place: identity.place, message: `${quoted(identity.user)} is listed at ${placed(earlier.place)} already` },
    ];
  });
}

// Only to keep the search for pairs short: whom it puts together, `sameAccount` looks at closely.
const bareName = (user: string): string =>
  user.normalize('NFKC').trim().toLowerCase().replace(/^.*\\/s, '').replace(/@.*$/s, '');

function modelOf(file: AccessFile, identities: readonly Identity[], places: YamlPlaces): AccessModel {
  return {
    lastReviewed: file.last_reviewed ?? null,
    classes: new Map(
      Object.entries(file.classes).map(([name, given]) => {
        const {
          about,
          owner = null,
          max_hours,
          break_glass,
          floor = 'low',
          floor_privileged,
          mode = null,
          since,
        } = given;
        const place = places.ofKey(['classes', name]);
        return [
          name,
          {
            ...{ name, about, owner, maxHours: max_hours ?? null, breakGlass: break_glass, place },
            ...{ floor, floorPrivileged: floor_privileged ?? floor },
            ...{ mode, since: since === undefined ? null : Date.parse(since) },
          },
        ];
      }),
    ),
    neverAuto: new Set(file.never_auto),
    roles: new Map(
      Object.entries(file.roles).map(([name, { about, standard }]) => {
        const place = places.ofKey(['roles', name]);
        return [name, { name, about: about ?? null, standard: standard.map(wordPattern), place }];
      }),
    ),
    sodConflicts: file.sod_conflicts.map((rule, at) => sodRule(rule, places.of(['sod_conflicts', at]))),
    privileged: file.privileged.map(wordPattern),
    mapping: file.mapping.map((row, at) => mappingRow(row, places.of(['mapping', at]))),
    approvals: new Map(Object.entries(file.approvals)),
    breakGlass: {
      forms: file.break_glass.forms.map(wordPattern),
      tags: file.break_glass.tags.map(wordPattern),
      assets: file.break_glass.assets.map(wordPattern),
    },
    identities,
    identitiesFile: file.identities.file ?? null,
    exceptions: file.exceptions.map((exception, at) => ({
      ...exception,
      entitlement: wordPattern(exception.entitlement),
      endsAt: Date.parse(`${exception.until}T00:00:00Z`) + DAY_MS,
      place: places.of(['exceptions', at]),
    })),
    tickets: file.tickets.map(ticketSystem),
  };
}

function sodRule(rule: AccessFile['sod_conflicts'][number], place: SodRule['place']): SodRule {
  // INVARIANT: a list without `at_most` is the strict reading: any two of its duties are in conflict.
  const { of, at_most: atMost } = Array.isArray(rule) ? { of: rule, at_most: 1 } : rule;
  const text = of.join(' + ');
  return { text: atMost === 1 ? text : `at most ${atMost} of ${text}`, duties: of.map(wordPattern), atMost, place };
}

function mappingRow(row: AccessFile['mapping'][number], place: MappingRow['place']): MappingRow {
  const when = Object.fromEntries(
    (Object.entries(row.when) as [WhenKey, string | undefined][]).flatMap(([key, text]) =>
      text === undefined ? [] : [[key, key === 'container' ? pathPattern(text) : wordPattern(text)]],
    ),
  );
  return {
    ...{ when, entitlement: row.entitlement ?? null, over: row.over.map(wordPattern) },
    ...{ classes: row.classes, reach: row.reach ?? null, place },
  };
}
