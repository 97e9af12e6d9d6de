import { compareRisk } from '../../domain/risk.ts';
import { plural } from '../../phrases/plural.ts';
import type { AccessModel } from '../../policy/access_model.ts';
import { isEntitlement } from '../../policy/access_shape.ts';
import type { PolicyInfo } from '../../policy/cedar_source.ts';
import { anyFits } from '../../policy/pattern.ts';
import { type Place, topOf } from '../../policy/place.ts';
import { ANNOTATIONS } from '../../policy/policy_step.ts';
import { didYouMean } from '../../text/nearest.ts';
import { capital } from '../../text/plain_text.ts';

type Found = { readonly message: string; readonly place: Place | null };
type Policies = {
  readonly policy: { readonly access: AccessModel; readonly dir: string; readonly policies: readonly PolicyInfo[] };
};
type Lint = { readonly level: 'warning' | 'note'; readonly find: (facts: Policies) => readonly Found[] };

/** Parts of access.yml that say something about nothing, and what keeps everything from being approved. */
export const ACCESS_LINTS = {
  'nothing-mapped': {
    level: 'warning',
    find: ({ policy: { access } }) => {
      if (access.mapping.length > 0) return [];
      const named = [...new Set([...rolesText(access), ...dutiesText(access)])].filter(isEntitlement);
      const wanted = named.length === 0 ? '' : `; no row gives ${named.join(', ')}`;
      const [example = 'staging:read'] = named;
      const container = capital(example.slice(0, example.lastIndexOf(':')));
      const row = `- { when: { container: /${container}/**, operation: AssetView }, entitlement: ${example} }`;
      const message = `nothing is approved: \`mapping\` has no row, so nobody can tell what a request asks for${wanted}. Add rows such as \`${row}\``;
      return [{ message, place: firstPlace(access) }];
    },
  },
  'roles-without-people': {
    level: 'warning',
    find: ({ policy: { access } }) => {
      const [first] = access.roles.values();
      if (first === undefined) return [];
      if (access.identities.length === 0) {
        const message =
          'nothing is approved: roles are described and nobody is listed under `identities`, so everybody is out of role. Add `identities: { people: [{ user: …, roles: […] }] }` or a file';
        return [{ message, place: first.place }];
      }
      return [...access.roles.values()]
        .filter(({ name }) => !access.identities.some(({ roles }) => roles.includes(name)))
        .map(({ name, place }) => ({ message: `nobody among the identities has the role \`${name}\``, place }));
    },
  },
  'role-unmapped': {
    level: 'warning',
    find: ({ policy: { access } }) =>
      access.mapping.length === 0
        ? []
        : [...access.roles.values()].flatMap(({ name, standard, place }) => {
            const idle = standard.filter((pattern) => !anyFits([pattern], given(access)));
            if (idle.length === 0) return [];
            const list = idle.map(({ text }) => text).join(', ');
            return [
              { message: `no row of the mapping gives ${list}, which is standard for the role \`${name}\``, place },
            ];
          }),
  },
  'duty-unmapped': {
    level: 'warning',
    find: ({ policy: { access } }) =>
      access.mapping.length === 0
        ? []
        : access.sodConflicts.flatMap(({ text, duties, atMost, place }) => {
            const all = [...given(access), ...access.identities.flatMap(({ entitlements }) => entitlements)];
            const idle = duties.filter((duty) => !anyFits([duty], all));
            if (duties.length - idle.length > atMost) return [];
            const list = idle.map(({ text: duty }) => duty).join(', ');
            return idle.length === 0
              ? []
              : [
                  {
                    message: `\`${text}\` protects nothing: no row of the mapping gives ${list}, and nobody holds it`,
                    place,
                  },
                ];
          }),
  },
  'floor-unmapped': {
    level: 'warning',
    find: ({ policy: { access } }) =>
      [...access.classes.values()]
        .filter(({ floorPrivileged }) => floorPrivileged !== 'low')
        .flatMap(({ name, floor, floorPrivileged, place }) => {
          const mapped = access.mapping.some(({ classes }) => classes.includes(name));
          // A never_auto class without a row is told already.
          if (!mapped && access.neverAuto.has(name)) return [];
          if (!mapped) {
            return [
              { message: `the floor of \`${name}\` never counts: no row of the mapping gives that class`, place },
            ];
          }
          const privileged = given(access).some((one) => anyFits(access.privileged, [one]));
          if (privileged || compareRisk(floorPrivileged, floor) === 0) return [];
          const message = `\`floor_privileged\` of \`${name}\` never counts: no row of the mapping gives an entitlement that fits \`privileged\``;
          return [{ message, place }];
        }),
  },
  'privileged-unmapped': {
    level: 'note',
    find: ({ policy: { access } }) => {
      const idle = access.privileged.filter((pattern) => !anyFits([pattern], given(access))).map(({ text }) => text);
      if (idle.length === 0 || access.mapping.length === 0) return [];
      return [
        {
          message: `${plural(idle.length, 'pattern')} under \`privileged\` without a row that gives it: ${idle.join(', ')}`,
          place: null,
        },
      ];
    },
  },
  'unread-annotation': {
    level: 'warning',
    find: ({ policy: { policies } }) =>
      policies.flatMap(({ id, unread, place }) =>
        unread.flatMap((name) => {
          const meant = didYouMean(name, ANNOTATIONS);
          return meant === ''
            ? []
            : [{ message: `\`@${name}\` of \`${id}\` is read by nobody${meant.replace('mean `', 'mean `@')}`, place }];
        }),
      ),
  },
} as const satisfies Record<string, Lint>;

/** The entitlements that a request can be about. */
const given = ({ mapping }: AccessModel): string[] => mapping.flatMap(({ entitlement }) => entitlement ?? []);
const rolesText = ({ roles }: AccessModel): string[] =>
  [...roles.values()].flatMap(({ standard }) => standard.map(({ text }) => text));
const dutiesText = ({ sodConflicts }: AccessModel): string[] =>
  sodConflicts.flatMap(({ duties }) => duties.map(({ text }) => text));

function firstPlace({ roles, sodConflicts, classes }: AccessModel): Place | null {
  const [first] = [...classes.values(), ...roles.values(), ...sodConflicts];
  return first === undefined ? null : topOf(first.place.file);
}
