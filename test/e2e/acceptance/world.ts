import type { Entry, Fate } from './records.ts';
import type { Variant } from './variants.ts';

export interface Write {
  method: string;
  /** Without the vault's own address in front. */
  path: string;
  contentType: string;
  body: Buffer;
}

interface Mail {
  authorization: string;
  sender: string;
  raw: string;
}

/** All that the upstreams were asked, in the order of asking. */
export interface Journal {
  /** Every request to the vault that was not a GET. */
  writes: Write[];
  /** Every GET to the vault, with its query. */
  reads: string[];
  questions: string[];
  mails: Mail[];
  signIns: URLSearchParams[];
  /** What the model found wrong with the form of a question. */
  complaints: string[];
  /** Requests to the other origin, which should stay untouched. */
  foreign: string[];
}

export interface CredentialRequest {
  id: string;
  assetId: string;
  action: string;
  status: 'Active' | 'Open' | 'Completed';
  looks: number;
  listed: Entry;
}

/** What the upstreams know. The tests change it between runs. */
export interface World {
  variant: Variant;
  origin: string;
  foreignOrigin: string;
  /** The path of VAULT_URL. */
  base: string;
  token: string;
  requests: Entry[];
  credentialRequests: CredentialRequest[];
  journal: Journal;
  /** Called when the model is asked, and when an action arrives; the tests send signals here. */
  onQuestion: () => void;
  onAct: (fate: Fate | undefined) => void;
}

interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export type Reply = Answer | 'hang up' | 'silence';

export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** With the mark by which test/canary finds a secret in whatever was written. */
export const secrets = {
  modelKey: 'sk-independent-PLANTEDxSECRET-7d1f0c52a94e',
  clientSecret: 'Gr4ph~PLANTEDxSECRET.secret_81',
  graphToken: 'graph-access-PLANTEDxSECRET-5fd0e2b7',
  assetPassword: 'a-password-PLANTEDxSECRET-inside-an-asset-record',
};

export const modelAsset = 'asset-of-the-model-key';
export const mailAsset = 'asset-of-the-mail-secret';
export const tenant = '5d7f0c1e-0000-4000-8000-00000000beef';
export const sender = 'pam@example.org';
export const recipients = ['lead@example.org', 'soc@example.org'];

/** An error as this variant words it: the code is somewhere in the body. */
export function coded(world: World, status: number, code: string, text: string): Reply {
  if (world.variant.codes === 'text') return { status, body: `${code}: ${text}` };
  if (world.variant.codes === 'json') return { status, body: { code, message: text } };
  return { status, body: { status, error: { type: 'vault', details: [{ info: { reason: `[${code}] ${text}` } }] } } };
}
