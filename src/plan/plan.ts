import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { AccessRequest } from '../domain/access_request.ts';
import { ACTION_NAMES, type Action } from '../domain/action.ts';
import { CONFIRMED_BY } from '../domain/confirmation.ts';
import { decidedContent, decidedContentOf01 } from '../domain/decided_content.ts';
import { RISKS } from '../domain/risk.ts';
import { CONFIRMATIONS } from '../store/run_archive_upgrade.ts';

/** Grows when a field changes its meaning or goes away. Version 1 is read; a plan of any other one is not carried out. */
export const PLAN_VERSION = 2;

const hexDigest = z.string().regex(/^[0-9a-f]{64}$/);
const moment = z.iso.datetime({ precision: 3 });
const name = z.string().regex(/^[0-9A-Za-z-]{1,100}$/);
const risk = z.enum(RISKS).nullable();

const head = {
  plan_id: name,
  /** The run that prepared it; its record holds the facts and ratings. */
  run_id: name,
  created: moment,
  expires: moment,
  policy_digest: hexDigest,
  prompt_digest: hexDigest,
  vault_url: z.string(),
};
const entry = {
  request_id: z.string().min(1),
  action: z.enum(ACTION_NAMES as [Action, ...Action[]]),
  /** The text that goes to the vault. */
  comment: z.string(),
  /** When the request was made; null for a time that no calendar has. */
  created: moment.nullable(),
  /** sha256 of everything of the request that the decision rests on. */
  content_digest: hexDigest,
  risk,
  /** Ids of the policies that determined the action. */
  basis: z.array(z.string()),
  /** By whom and for what it counts against the caps. */
  cap_keys: z.strictObject({ requestor: z.string(), asset: z.string() }),
};

/**
 * What shall be done, written down for a person to look at. `digest` is over everything else. INVARIANT: a plan only
 * ever names what the recorded run decided; what it says about a request is compared with that record, never believed.
 */
export const Plan = z.strictObject({
  schema_version: z.literal(PLAN_VERSION),
  ...head,
  entries: z.array(
    z.strictObject({
      ...entry,
      confirmations: z.array(
        z.strictObject({
          kind: z.enum(Object.values(CONFIRMED_BY) as ['facts-only' | 'single', ...('facts-only' | 'single')[]]),
          risk,
        }),
      ),
    }),
  ),
  digest: hexDigest,
});
export type Plan = z.infer<typeof Plan>;
export type PlanEntry = Plan['entries'][number];

/** The digest of a plan of whatever version: over its canonical text without the digest itself. */
export function planDigest({ digest: _, ...rest }: Readonly<Record<string, unknown>>): string {
  return sha256(canonical(rest));
}

/** The digest of what a decision on the request rests on. */
export const contentDigest = (request: AccessRequest): string => sha256(decidedContent(request));

/** The same as version 0.1 wrote it. */
export const contentDigestOf01 = (request: AccessRequest): string => sha256(decidedContentOf01(request));

/** JSON with sorted names and no blanks: one text for one value, however the file was indented or ordered. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(',')}}`;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What version 0.1 wrote. */
export const PlanOf01 = z.strictObject({
  schema_version: z.literal(1),
  ...head,
  entries: z.array(
    z.strictObject({
      ...entry,
      votes: z.array(z.strictObject({ kind: z.enum(Object.keys(CONFIRMATIONS) as ['blind' | 'solo']), risk })),
    }),
  ),
  digest: hexDigest,
});

/** No plan has this digest. */
const WRONG_DIGEST = '0'.repeat(64);

/**
 * The same plan as it is written today, with the digest of what it says now. INVARIANT: one whose own digest did not fit
 * what it said has none that fits here either.
 */
export function upgradedPlan({ schema_version, digest, entries, ...same }: z.infer<typeof PlanOf01>): Plan {
  const untouched = planDigest({ schema_version, entries, ...same }) === digest;
  const plan: Omit<Plan, 'digest'> = {
    ...{ schema_version: PLAN_VERSION, ...same },
    entries: entries.map(({ votes, ...rest }) => ({
      ...rest,
      confirmations: votes.map((vote) => ({ kind: CONFIRMATIONS[vote.kind], risk: vote.risk })),
    })),
  };
  return { ...plan, digest: untouched ? planDigest(plan) : WRONG_DIGEST };
}
