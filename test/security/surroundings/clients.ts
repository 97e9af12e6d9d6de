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
  readonly proxy?: string | undefined;
  /** The vault's alone. */
  readonly tlsInsecure?: boolean;
};

/** Whether it got what it asked for, or how it says that it did not. */
export type Outcome = 'fine' | UpstreamError;

const aMail = { runId: 'run-1', subject: 'subject', html: '<p>html</p>', text: 'text' };

/** Each with the real code on real sockets. The sign-in that the mail needs first is at `signInAt`, and well. */
export const CLIENTS: Readonly<Record<ClientName, (where: Where, signInAt: Where) => Promise<unknown>>> = {
  vault({ origin, ca, timeoutMs = 5000, proxy, tlsInsecure = false }) {
    const url = `${origin}/ztna/acme`;
    const options = { url, ca, proxy, timeoutMs, token: CREDENTIALS.vault, tlsInsecure, concurrency: 2 };
    const session = openSession({ ...options, maxAnswerBytes: 1_000_000 }, testClock());
    return session.readJson('list requests', '/list').finally(() => session.close());
  },
  async model({ origin, ca, timeoutMs = 5000, proxy }) {
    const client = createModelClient({
      ...{
        ca,
        proxy,
        timeoutMs,
        apiKey: async () => CREDENTIALS.model,
        baseUrl: `${origin}/v1`,
        model: 'gpt',
        maxRetries: 0,
      },
    });
    const question = { kind: 'personal' as const, system: 's', user: '{}', slots: ['r1'] };
    const answer = await client.ask(question, new AbortController().signal).finally(client.close);
    if (answer.kind === 'failed') throw answer.error;
  },
  signIn(where) {
    const signIn = createSignIn(settingsAt(where));
    return signIn.token().finally(signIn.close);
  },
  graph({ origin, ca, timeoutMs = 5000, proxy }, signIn) {
    const mailer = createMailer({
      ...settingsAt(signIn),
      ...{ graphBaseUrl: origin, ca, proxy, timeoutMs },
      ...{ sender: 'a@b.example', recipients: ['c@b.example'], format: 'html' },
    });
    return mailer.send(aMail).finally(mailer.close);
  },
};

const settingsAt = ({ origin, ca, timeoutMs = 5000, proxy }: Where) => ({
  ...{ tenantId: 'tenant', clientId: 'client', authorityHost: origin, graphBaseUrl: origin, ca, proxy, timeoutMs },
  clientSecret: async () => CREDENTIALS.signIn,
  clock: testClock(),
});

export async function ask(name: ClientName, where: Where, signInIsAt: Where = where): Promise<Outcome> {
  try {
    await CLIENTS[name](where, signInIsAt);
    return 'fine';
  } catch (error) {
    if (error instanceof UpstreamError) return error;
    throw error;
  }
}
