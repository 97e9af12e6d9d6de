import { z } from 'zod';
import { REACHES } from '../../domain/access_context.ts';
import { ACTION_NAMES } from '../../domain/action.ts';
import { ANOMALY_FLAG_NAMES } from '../../domain/assessment.ts';
import { NEXT_STEP_KINDS } from '../../domain/next_step.ts';
import { RISKS } from '../../domain/risk.ts';

/** The shape of a file of policy cases. What a case leaves out is neutral: it stands in nobody's way. */

/** The message of an unknown key is the list of known ones, from which `wordIssues` finds the nearest. */
const record = <T extends z.core.$ZodLooseShape>(shape: T) =>
  z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(', ') : undefined),
  });
const text = z.string().trim().min(1, 'must not be empty');
const texts = z.array(text);
const count = z.int().min(0, 'expected a whole number, 0 or more');
const risk = z.enum(RISKS);
const share = z.number().min(0).max(1);

/** The words that a case may give instead of a value. */
export const REASONS = ['good', 'missing', 'empty-words', 'suspicious'] as const;
export const TICKETS = ['fits', 'closed', 'of-another-person', 'not-found', 'unknown'] as const;
export const RATINGS = [...RISKS, 'unscored', 'guessed'] as const;
export const CONFIRMATIONS = ['agrees', 'disagrees', 'failed', 'missing'] as const;

const GIVEN = record({
  // The request
  status: text.default('Active'),
  operation: text.default('AssetView'),
  entity_type: text.default('Asset'),
  form: text.optional(),
  /** `unknown`: no end of the access is given. */
  window_hours: z.union([z.number().min(0), z.literal('unknown')]).default(1),
  /** Hours from now until the window begins; below 0 it began so long ago. Left out: now or, for a grant, when it was granted. */
  window_begins_in_hours: z.number().optional(),
  /** Length together with the person's other windows on this asset that it touches. */
  contiguous_hours: z.number().min(0).optional(),
  /** Below 0 it was asked for at a time that has not come yet. */
  asked_hours_ago: z.number().optional(),
  justification: z.enum(REASONS).default('good'),
  /** Accounts that approved it in the vault; `owner`, `manager` and `self` stand for whoever that is. */
  approvals: texts.default([]),
  granted_days_ago: count.optional(),
  // What it is about: an asset for the mapping to classify, `unread`, or none of it, and then what the mapping would say
  asset: z
    .union([
      z.enum(['unread', 'none']),
      record({
        type: text.default('Server'),
        container: text.default('/'),
        name: text.optional(),
        tags: texts.default([]),
      }),
    ])
    .optional(),
  entitlement: text.optional(),
  classes: texts.optional(),
  reach: z.enum(REACHES).optional(),
  // Who asks
  requestor: text.default('anna.berg'),
  /** False: the vault names nobody. */
  named: z.boolean().default(true),
  known: z.boolean().default(true),
  /** `doubtful`: it could be the agent's account under another spelling. */
  own: z.union([z.boolean(), z.literal('doubtful')]).default(false),
  roles: texts.optional(),
  department: text.optional(),
  manager: text.optional(),
  /** Entitlements that the person has already. */
  holds: texts.default([]),
  // Circumstances
  /** `asked` and `window` tell what is outside office hours; true means both. */
  off_hours: z.union([z.boolean(), z.enum(['asked', 'window'])]).default(false),
  first_for_asset: z.boolean().default(false),
  requests_in_hour: count.default(1),
  requests_in_window: count.default(3),
  /** The person whose no stands, an hour ago. */
  refused_by: text.optional(),
  /** What is found out about a ticket that the text names; left out: it names none. */
  ticket: z.enum(TICKETS).optional(),
  acted_before: z.enum(ACTION_NAMES as [(typeof ACTION_NAMES)[number], ...(typeof ACTION_NAMES)[number][]]).optional(),
  // What the model said
  risk: z.enum(RATINGS).default('low'),
  /** `none`: the answer held no confidence. */
  confidence: z.union([share, z.literal('none')]).default(0.95),
  flags: z.array(z.enum(ANOMALY_FLAG_NAMES as ['other', ...'other'[]])).default([]),
  confirmation: z.enum(CONFIRMATIONS).default('agrees'),
  /** Of the confirmation. */
  confirmation_confidence: z.union([share, z.literal('none')]).default(0.95),
  capped: z.boolean().default(false),
});
export type Given = z.output<typeof GIVEN>;

/** Files of version 0.1 say `vote`. */
const withNamesOfToday = (given: unknown): unknown => {
  if (typeof given !== 'object' || given === null || !('vote' in given) || 'confirmation' in given) return given;
  const { vote, ...rest } = given;
  return { ...rest, confirmation: vote };
};

const EXPECTED = record({
  verdict: z.enum(['approve', 'reject', 'close', 'hold']),
  /** Exactly these policies determined it, in any order. */
  basis: texts.optional(),
  risk: risk.optional(),
  next: z.enum(Object.keys(NEXT_STEP_KINDS) as [keyof typeof NEXT_STEP_KINDS]).optional(),
  to: text.optional(),
  /** Each stands somewhere in the reasons or in the next step. */
  says: texts.optional(),
});
export type Expected = z.output<typeof EXPECTED>;

const SETTINGS = record({
  approve_up_to: risk.default('low'),
  reject_from: risk.default('critical'),
  confidence_threshold: share.default(0.85),
  stale_days: z.int().min(1).default(7),
  close_expired: z.boolean().default(false),
  /** Actions whose switch is off. */
  off: z.array(z.enum(['approve', 'reject', 'close'])).default([]),
});
export type CaseSettings = z.output<typeof SETTINGS>;

export const CASE_FILE = record({
  version: z.literal(1),
  /** Roles for these cases only, beside those of access.yml. */
  roles: z.record(text, record({ standard: texts })).default({}),
  settings: SETTINGS.prefault({}),
  cases: z
    .array(
      record({
        name: text,
        given: z.preprocess(withNamesOfToday, GIVEN.prefault({})),
        settings: SETTINGS.optional(),
        expect: EXPECTED,
      }),
    )
    .min(1, 'a file without cases proves nothing'),
});
export type CaseFile = z.output<typeof CASE_FILE>;
export type PolicyTestCase = CaseFile['cases'][number];
