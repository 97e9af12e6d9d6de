/**
 * What Microsoft answers when it sends nothing, by name and in its own words: `sim.faults.add(troubleOf('throttled'))`, or
 * `portcullis simulate --trouble throttled`.
 */
import type { FaultSpec } from '../faults.ts';

type Trouble = Pick<FaultSpec, 'on' | 'kind' | 'status' | 'retryAfter' | 'body'>;

const graph = (status: number, code: string, message: string, retryAfter?: number): Trouble => ({
  ...{ on: 'mail', kind: 'status', status, ...(retryAfter !== undefined && { retryAfter }) },
  body: JSON.stringify({ error: { code, message, innerError: { 'request-id': 'sim', 'client-request-id': 'sim' } } }),
});

const signIn = (status: number, error: string, code: number, sentence: string, retryAfter?: number): Trouble => ({
  ...{ on: 'token', kind: 'status', status, ...(retryAfter !== undefined && { retryAfter }) },
  body: JSON.stringify({
    error,
    error_description: `AADSTS${code}: ${sentence} Trace ID: 00000000-0000-0000-0000-000000000000 Correlation ID: 00000000-0000-0000-0000-000000000000 Timestamp: 2026-11-20 05:40:12Z`,
    error_codes: [code],
  }),
});

export const TROUBLES = {
  'no-consent': graph(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.'),
  'send-as': graph(
    403,
    'ErrorSendAsDenied',
    'The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account.',
  ),
  'unknown-sender': graph(404, 'ErrorInvalidUser', "The requested user 'portcullis@elsewhere.example' is invalid."),
  'no-mailbox': graph(
    404,
    'MailboxNotEnabledForRESTAPI',
    'The mailbox is either inactive, soft-deleted, or is hosted on-premise.',
  ),
  throttled: graph(429, 'ApplicationThrottled', 'Application is over its MailboxConcurrency limit.', 2),
  busy: graph(503, 'ErrorServerBusy', 'The server is busy.', 2),
  'too-large': graph(413, 'RequestEntityTooLarge', 'The request is larger than the server takes.'),
  'wrong-token': graph(401, 'InvalidAuthenticationToken', 'Access token validation failure. Invalid audience.'),
  'answer-lost': { on: 'mail', kind: 'reset-after' },
  'gateway-lost-it': { on: 'mail', kind: 'status-after', status: 504, body: '<html>504 Gateway Time-out</html>' },
  'wrong-secret': signIn(
    401,
    'invalid_client',
    7000215,
    'Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.',
  ),
  'secret-expired': signIn(401, 'invalid_client', 7000222, 'The provided client secret keys for app are expired.'),
  'unknown-app': signIn(400, 'unauthorized_client', 700016, 'Application was not found in the directory.'),
  'app-disabled': signIn(400, 'unauthorized_client', 7000112, 'Application is disabled.'),
  'unknown-tenant': signIn(400, 'invalid_request', 90002, 'Tenant not found.'),
  'conditional-access': signIn(
    400,
    'invalid_grant',
    53003,
    'Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
  ),
  'sign-in-busy': signIn(503, 'temporarily_unavailable', 90033, 'A transient error has occurred. Please try again.', 2),
} as const satisfies Record<string, Trouble>;

export type TroubleName = keyof typeof TROUBLES;
export const TROUBLE_NAMES = Object.keys(TROUBLES) as readonly TroubleName[];

/** For so many calls; for ever unless told. */
export const troubleOf = (name: TroubleName, times = Number.POSITIVE_INFINITY): FaultSpec => ({
  ...TROUBLES[name],
  times,
});
