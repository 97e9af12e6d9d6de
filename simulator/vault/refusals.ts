/** The vault's ways of saying no: status, MSG- code and sentence, in whichever form the server is set to use. */
import type { VaultKnobs } from './knobs.ts';

/** 00863 and 00864 are documented by the vendor; the other codes are made up, so nothing may depend on them. */
const REFUSALS = {
  'no-credential-request': [500, 'MSG-00863', 'Access to this asset needs an approved request'],
  'credential-request-pending': [500, 'MSG-00864', 'A request for this asset is pending approval'],
  'no-token': [401, 'MSG-00401', 'Authentication is required'],
  'not-permitted': [401, 'MSG-00403', 'The user does not have permission for this operation'],
  'unknown-request': [404, 'MSG-00512', 'Request not found'],
  'unknown-asset': [404, 'MSG-00513', 'Asset not found'],
  'wrong-state': [409, 'MSG-00871', 'The request is not in a state that allows this operation'],
  'wrong-level': [400, 'MSG-00872', 'The user is not an authorizer of the current approval level'],
  'reason-missing': [400, 'MSG-00873', 'A reason is required'],
  'not-yours': [403, 'MSG-00874', 'Only the requestor may complete this request'],
  'bad-parameter': [400, 'MSG-00100', 'A parameter is missing or malformed'],
} as const satisfies Record<string, readonly [number, string, string]>;

export type RefusalName = keyof typeof REFUSALS;

export function refusal(why: RefusalName, knobs: VaultKnobs): Response {
  const [usual, code, sentence] = REFUSALS[why];
  const status = statusFor(why, usual, knobs);
  switch (knobs.messageForm) {
    case 'plain':
      return new Response(`${code}: ${sentence}`, { status, headers: { 'content-type': 'text/plain;charset=UTF-8' } });
    case 'json':
      return Response.json({ code, message: sentence, status }, { status });
    case 'nested':
      return Response.json({ error: { cause: { text: `[${code}] ${sentence}.` } }, path: '/' }, { status });
  }
}

function statusFor(why: RefusalName, usual: number, knobs: VaultKnobs): number {
  if (why === 'no-token') return usual;
  if (why === 'not-permitted') return knobs.deniedStatus;
  return knobs.refusalStatus === '500' ? 500 : usual;
}
