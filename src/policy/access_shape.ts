import { z } from 'zod';
import { REACHES } from '../domain/access_context.ts';
import { CLASS_MODE_NAMES } from '../domain/class_mode.ts';
import { RISKS } from '../domain/risk.ts';
import { WHEN_KEYS } from './access_model.ts';
import { patternProblem } from './pattern.ts';
import { TICKET_SYSTEM } from './ticket_systems.ts';

/* The shape of `access.yml`: which keys it has and what each may hold. What the names refer to is checked afterwards. */

/** An entitlement is `resource:level`; a pattern of entitlements may have wildcards on either side. */
const EXACT = /^[\p{L}\p{N}][\p{L}\p{N}._/-]*:[\p{L}\p{N}][\p{L}\p{N}._-]*$/u;
const PATTERN = /^[\p{L}\p{N}._/*?{},-]+:[\p{L}\p{N}._*?{},-]+$/u;

export const isEntitlement = (text: string): boolean => EXACT.test(text);
export const isEntitlementPattern = (text: string): boolean => PATTERN.test(text);

export const ENTITLEMENT_SHAPE = 'expected `resource:level`, such as `repo:read`';
export const ENTITLEMENT_PATTERN_SHAPE = 'expected a pattern of `resource:level`, such as `repo:read` or `*:admin`';

/** The message of an unknown key is the list of known ones: whoever words it for people needs them to find the nearest. */
const record = <T extends z.core.$ZodLooseShape>(shape: T) =>
  z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(', ') : undefined),
  });

const text = z.string().trim().min(1, 'must not be empty');
const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, 'a name has small letters, digits and hyphens and begins with a letter');
const hours = z.int().min(1, 'expected whole hours, 1 or more').max(8784, 'expected at most 8784 hours (a year)');
const pattern = text.check(saying(patternProblem));
const entitlement = text.refine(isEntitlement, ENTITLEMENT_SHAPE);
const entitlementPattern = text.refine(isEntitlementPattern, ENTITLEMENT_PATTERN_SHAPE).check(saying(patternProblem));

/** A check whose sentence depends on the value; null is fine. */
function saying(problem: (given: string) => string | null): z.core.CheckFn<string> {
  return (payload) => {
    const message = problem(payload.value);
    if (message !== null) payload.issues.push({ code: 'custom', message, input: payload.value });
  };
}

const WHEN = Object.fromEntries(WHEN_KEYS.map((key) => [key, pattern.optional()])) as Record<
  (typeof WHEN_KEYS)[number],
  z.ZodOptional<z.ZodString>
>;

export const APPROVERS = ['manager', 'owner'] as const;

export const IDENTITY_KEYS = ['user', 'roles', 'department', 'manager', 'entitlements'] as const;
const identity = record({
  user: text,
  roles: z.array(name).default([]),
  department: text.optional(),
  manager: text.optional(),
  entitlements: z.array(entitlement).default([]),
} satisfies Record<(typeof IDENTITY_KEYS)[number], z.ZodType>);

const duties = z
  .array(entitlementPattern)
  .min(2, 'a conflict is between two or more duties: entitlements or patterns of them');
const atMost = z.int().min(1, 'expected a whole number, 1 or more').default(1);

function reachable(payload: z.core.ParsePayload<{ of: string[]; at_most: number }>): void {
  const { of, at_most } = payload.value;
  if (of.length >= 2 && at_most >= of.length) {
    const message = `one person may hold all ${of.length} of these duties, so nothing is ever in conflict`;
    payload.issues.push({ code: 'custom', message, input: at_most, path: ['at_most'] });
  }
}

/** What a file leaves out has a default. Without a mapping nothing is known, and what is not known is left to people. */
export const ACCESS_FILE = record({
  version: z.literal(1).default(1),
  classes: z
    .record(
      name,
      record({
        about: text,
        owner: text.optional(),
        max_hours: hours.optional(),
        break_glass: z.boolean().default(false),
        floor: z.enum(RISKS).optional(),
        floor_privileged: z.enum(RISKS).optional(),
        mode: z.enum(CLASS_MODE_NAMES).optional(),
        since: z
          .union(
            [z.iso.date(), z.iso.datetime()],
            'expected a day or a moment in UTC, such as `2026-12-31` or `2026-12-31T14:05Z`',
          )
          .optional(),
      }),
    )
    .default({}),
  never_auto: z.array(z.string()).default([]),
  roles: z.record(name, record({ about: text.optional(), standard: z.array(entitlementPattern) })).default({}),
  sod_conflicts: z.array(z.union([duties, record({ of: duties, at_most: atMost }).check(reachable)])).default([]),
  privileged: z.array(entitlementPattern).default([]),
  mapping: z
    .array(
      record({
        when: record(WHEN).refine(
          (when) => Object.keys(when).length > 0,
          'give at least one pattern, or the row fits everything',
        ),
        entitlement: entitlement.optional(),
        over: z.array(entitlementPattern).default([]),
        classes: z.array(z.string()).default([]),
        reach: z.enum(REACHES).optional(),
      }).refine(
        (row) => row.entitlement !== undefined || row.classes.length > 0 || row.reach !== undefined,
        'give an `entitlement`, `classes`, a `reach`, or several of them',
      ),
    )
    .default([]),
  approvals: z.record(z.string(), z.array(z.enum(APPROVERS)).min(1, 'name at least one approver')).default({}),
  break_glass: record({
    forms: z.array(pattern).default([]),
    tags: z.array(pattern).default([]),
    assets: z.array(pattern).default([]),
  }).prefault({}),
  identities: record({
    file: text.regex(/^[^/\\]+\.csv$/, 'expected the name of a .csv file beside access.yml, without a path').optional(),
    people: z.array(identity).default([]),
  }).prefault({}),
  exceptions: z
    .array(
      record({
        id: name,
        user: text,
        entitlement: entitlementPattern,
        until: z.iso.date('expected a day, such as `2026-12-31`'),
        owner: text,
        reason: text,
      }),
    )
    .default([]),
  tickets: z.array(TICKET_SYSTEM).default([]),
  last_reviewed: z.iso.date('expected a day, such as `2026-12-31`').optional(),
});

export type AccessFile = z.output<typeof ACCESS_FILE>;
