import { z } from 'zod';
import { AgentazForm } from '../report/agentaz_form.ts';

/** What goes over the wire at the intake; `openapi.ts` makes a document of it. */

export const HANDLE = '/access/handle';
export const DECISIONS = '/access/decisions';
export const decisionAt = (id: string): string => `${DECISIONS}/${encodeURIComponent(id)}`;

/** As the vault's ids are: plain text of at most 200 characters. */
const requestId = z.string().min(1).max(200);
export const MOST_REQUESTS = 100;

/**
 * INVARIANT: a message names requests and nothing else of it is looked at: who asks for what stands in the vault. Other
 * fields may be there.
 */
export const Asked = z
  .looseObject({
    request_id: requestId.optional().describe('One request of the vault.'),
    request_ids: z.array(requestId).min(1).max(MOST_REQUESTS).optional().describe('Or several.'),
  })
  .refine((one) => (one.request_id === undefined) !== (one.request_ids === undefined), {
    message: 'give `request_id` or `request_ids`',
  })
  .meta({
    description: 'Names requests of the vault, by one of the two fields. Nothing else in it is looked at.',
    // What `refine` says, for the document.
    oneOf: [{ required: ['request_id'] }, { required: ['request_ids'] }],
  });

export const Accepted = z
  .strictObject({
    status: z.literal('accepted'),
    request_ids: z.array(z.string()),
    decisions: z.array(z.string()).describe('Where each decision can be read, with the bearer token.'),
  })
  .describe('A run over the whole window follows, or is under way.');

export const Decided = z
  .strictObject({
    decisions: z.array(AgentazForm),
    unknown: z.array(z.string()).describe('Those that the run did not find among the requests that it could read.'),
  })
  .describe('The answer to several `request_ids`.');

export const Problem = z
  .strictObject({
    title: z.string(),
    status: z.int(),
    detail: z.string(),
  })
  .describe('Why not, in the form of RFC 9457.');
export type Problem = z.infer<typeof Problem>;

/** What can go wrong, one row each. */
export const PROBLEMS = {
  'bad-request': { status: 400, title: 'The message cannot be read' },
  unsigned: { status: 401, title: 'The message is not signed' },
  forged: { status: 401, title: 'The signature does not fit' },
  late: { status: 401, title: 'The message is too old, or of the future' },
  'no-token': { status: 401, title: 'The bearer token is missing or wrong' },
  'not-found': { status: 404, title: 'Nothing is here' },
  'not-allowed': { status: 405, title: 'Not in this way' },
  'id-taken': { status: 409, title: 'The id is that of another message' },
  'too-large': { status: 413, title: 'The message is too large' },
  'wrong-type': { status: 415, title: 'The message is not JSON' },
  foreign: { status: 421, title: 'Asked by a strange name' },
  'too-many': { status: 429, title: 'Too many at once' },
  broken: { status: 500, title: 'The answer could not be made' },
  'not-believed': { status: 500, title: 'The record was changed after the run' },
  'no-decision': { status: 503, title: 'No decision was made' },
  stopping: { status: 503, title: 'The program is about to end' },
} as const satisfies Record<string, { status: number; title: string }>;
export type ProblemName = keyof typeof PROBLEMS;
