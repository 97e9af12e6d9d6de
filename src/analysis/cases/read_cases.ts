import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quoted, unknownName, wordIssues } from '../../policy/access_problems.ts';
import { policyError } from '../../policy/folder.ts';
import type { Policy } from '../../policy/load.ts';
import { type Finding, type Place, topOf } from '../../policy/place.ts';
import { YamlPlaces } from '../../policy/yaml_places.ts';
import { didYouMean } from '../../text/nearest.ts';
import { CASE_FILE, type CaseFile, type PolicyTestCase } from './case_shape.ts';

export type ReadCase = { readonly about: PolicyTestCase; readonly file: CaseFile; readonly place: Place };

/** The case files beside a policy: `tests/*.yml`. @throws {ConfigError} when there is none */
export async function caseFiles(policyDir: string): Promise<string[]> {
  const folder = join(policyDir, 'tests');
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => /\.ya?ml$/.test(name)).sort();
  if (files.length > 0) return files.map((name) => join(folder, name));
  throw policyError([{ place: topOf(folder), message: 'holds no cases (*.yml)' }]);
}

/**
 * Reads files of cases. @throws {ConfigError} with every mistake of every file and its place: a case with a mistyped fact
 * would test something else than it says.
 */
export async function readCases(files: readonly string[], policy: Policy): Promise<ReadCase[]> {
  const findings: Finding[] = [];
  const cases: ReadCase[] = [];
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch((cause) => {
      throw policyError([{ place: topOf(file), message: `cannot be read: ${cause.code ?? 'unknown reason'}` }]);
    });
    const places = new YamlPlaces(file, text);
    const read = places.read();
    if ('findings' in read) {
      findings.push(...read.findings);
      continue;
    }
    const parsed = CASE_FILE.safeParse(read.value);
    if (!parsed.success) {
      findings.push(...wordIssues(parsed.error.issues, places, read.value));
      continue;
    }
    findings.push(...strangeNames(parsed.data, places, policy));
    parsed.data.cases.forEach((about, at) => {
      cases.push({ about, file: parsed.data, place: places.of(['cases', at, 'name']) });
    });
  }
  if (findings.length > 0) throw policyError(findings);
  return cases;
}

/** Names that the policy does not have, and names of cases that stand there twice. */
function strangeNames(file: CaseFile, places: YamlPlaces, policy: Policy): Finding[] {
  const { access } = policy;
  const ids = new Set(policy.policies.map(({ id }) => id));
  const classes = new Set(access.classes.keys());
  const roles = new Set([...access.roles.keys(), ...Object.keys(file.roles)]);
  const seen = new Set<string>();
  const each = (
    names: readonly string[] | undefined,
    known: ReadonlySet<string>,
    kind: string,
    path: readonly PropertyKey[],
  ) =>
    (names ?? []).flatMap((name, at) =>
      known.has(name) ? [] : [{ place: places.of([...path, at]), message: unknownName(kind, name, known) }],
    );
  return file.cases.flatMap(({ name, given, expect }, at) => {
    const path = ['cases', at];
    const twice = seen.has(name);
    seen.add(name);
    const contradiction =
      given.asset !== undefined && (given.entitlement ?? given.classes ?? given.reach) !== undefined;
    return [
      ...(twice ? [{ place: places.of([...path, 'name']), message: `a case of this name stands here already` }] : []),
      ...each(given.classes, classes, 'class', [...path, 'given', 'classes']),
      ...each(given.roles, roles, 'role', [...path, 'given', 'roles']),
      ...(expect.basis ?? []).flatMap((id, i) =>
        ids.has(id)
          ? []
          : [
              {
                place: places.of([...path, 'expect', 'basis', i]),
                message: `there is no policy ${quoted(id)}${didYouMean(id, ids)}`,
              },
            ],
      ),
      ...(contradiction
        ? [
            {
              place: places.of([...path, 'given', 'asset']),
              message:
                'with an `asset` the mapping says what it is about; leave out `entitlement`, `classes` and `reach`',
            },
          ]
        : []),
    ];
  });
}
