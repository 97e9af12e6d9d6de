/** The four clients of the program, each asked one question, and what it makes of the answer. */
import { createMailer } from '../../../src/mail/graph_mailer.ts';
import { createSignIn } from '../../../src/mail/sign_in.ts';
import { createModelClient } from '../../../src/score/client/model_client.ts';
import { UpstreamError } from '../../../src/util/errors.ts';
import { openSession } from '../../../src/vault/session.ts';
import { testClock } from '../../unit/vault/tools.ts';

export const CREDENTIALS = {
  vault: 'eyJhbGciOiJub25lIn0.eyJvdXNyIjoic3ZjIn0.PLANTEDxSECRETvault',
  model: 'sk-PLANTEDxSECRETmodel',
  signIn: 'PLANTEDxSECRET~client.secret',
  graph: 'PLANTEDxSECRETgraph',
} as const;
export type ClientName = keyof typeof CREDENTIALS;

export type Where = {
  /** `https://localhost:1234` */
  readonly origin: string;
  readonly ca: string | undefined;
  readonly timeoutMs?: number;
};

/** Whether it got what it asked for, or how it says that it did not. */
export type Outcome = 'fine' | UpstreamError;

const aMail = { runId: 'run-1', subject: 'subject', html: '<p>html</p>', text: 'text' };

/** Each with the real code on real sockets. The sign-in that the mail needs first is at `signInAt`, and well. */
export const CLIENTS: Readonly<Record<ClientName, (where: Where, signInAt: Where) => Promise<unknown>>> = {
  vault({ origin, ca, timeoutMs = 5000 }) {
    const url = `${origin}/ztna/acme`;
    const options = { url, ca, timeoutMs, token: CREDENTIALS.vault, tlsInsecure: false, concurrency: 2 };
    const session = openSession({ ...options, maxAnswerBytes: 1_000_000 }, testClock());
    return session.readJson('list requests', '/list').finally(() => session.close());
  },
  async model({ origin, ca, timeoutMs = 5000 }) {
    const client = createModelClient({
      ...{ ca, timeoutMs, apiKey: async () => CREDENTIALS.model, baseUrl: `${origin}/v1`, model: 'gpt', maxRetries: 0 },
    });
    const answer = await client.ask({ system: 's', user: '{}', slots: ['r1'] }, new AbortController().signal);
    if (answer.kind === 'failed') throw answer.error;
  },
  signIn: (where) => signInAt(where).token(),
  graph({ origin, ca, timeoutMs = 5000 }, signIn) {
    return createMailer({
      ...settingsAt(signIn),
      ...{ graphBaseUrl: origin, ca, timeoutMs, sender: 'a@b.example', recipients: ['c@b.example'], format: 'html' },
      clock: testClock(),
    }).send(aMail);
  },
};

const settingsAt = ({ origin, ca, timeoutMs = 5000 }: Where) => ({
  ...{ tenantId: 'tenant', clientId: 'client', authorityHost: origin, graphBaseUrl: origin, ca, timeoutMs },
  clientSecret: async () => CREDENTIALS.signIn,
});
const signInAt = (where: Where) => createSignIn(settingsAt(where));

export async function ask(name: ClientName, where: Where, signInIsAt: Where = where): Promise<Outcome> {
  try {
    await CLIENTS[name](where, signInIsAt);
    return 'fine';
  } catch (error) {
    if (error instanceof UpstreamError) return error;
    throw error;
  }
}
