import { z } from 'zod';
import { ACTION_NAMES, type Action } from '../domain/action.ts';
import { CONFIRMED_BY } from '../domain/confirmation.ts';
import { RISKS } from '../domain/risk.ts';

/** Grows when a field changes its meaning or goes away: a plan of another version is not carried out. */
export const PLAN_VERSION = 1;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const moment = z.iso.datetime({ precision: 3 });
const name = z.string().regex(/^[0-9A-Za-z-]{1,100}$/);

/**
 * What shall be done, written down for a person to look at. `digest` is over everything else. INVARIANT: a plan only
 * ever names what the recorded run decided; what it says about a request is compared with that record, never believed.
 */
export const Plan = z.strictObject({
  schema_version: z.literal(PLAN_VERSION),
  plan_id: name,
  /** The run that prepared it; its record holds the facts and ratings. */
  run_id: name,
  created: moment,
  expires: moment,
  policy_digest: sha256,
  prompt_digest: sha256,
  vault_url: z.string(),
  entries: z.array(
    z.strictObject({
      request_id: z.string().min(1),
      action: z.enum(ACTION_NAMES as [Action, ...Action[]]),
      /** The text that goes to the vault. */
      comment: z.string(),
      /** When the request was made; null for a time that no calendar has. */
      created: moment.nullable(),
      /** sha256 of everything of the request that the decision rests on. */
      content_digest: sha256,
      risk: z.enum(RISKS).nullable(),
      /** Ids of the policies that determined the action. */
      basis: z.array(z.string()),
      confirmations: z.array(
        z.strictObject({
          kind: z.enum(Object.values(CONFIRMED_BY) as ['facts-only' | 'single', ...('facts-only' | 'single')[]]),
          risk: z.enum(RISKS).nullable(),
        }),
      ),
      /** By whom and for what it counts against the caps. */
      cap_keys: z.strictObject({ requestor: z.string(), asset: z.string() }),
    }),
  ),
  digest: sha256,
});
export type Plan = z.infer<typeof Plan>;
export type PlanEntry = Plan['entries'][number];
