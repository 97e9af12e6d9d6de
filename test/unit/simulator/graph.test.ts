import { Client, ResponseType } from '@microsoft/microsoft-graph-client';
import { Agent } from 'undici';
import { afterEach, describe, expect, test } from 'vitest';
import { NOON, type Visitor, visit } from './visitor.ts';

let visitor: Visitor;
afterEach(() => visitor.close());

const MESSAGE = {
  subject: 'Portcullis: 2 requests need you',
  body: { contentType: 'HTML', content: '<p>hello</p>' },
  toRecipients: [{ emailAddress: { address: 'lead@harbourvale.example' } }],
};

async function signIn(): Promise<string> {
  const { ALERT_AUTHORITY_HOST: host, ALERT_TENANT_ID: tenant, ALERT_CLIENT_ID = '' } = visitor.sim.settings;
  const client_secret = visitor.sim.vault.asset(visitor.sim.estate.graphSecret.id)?.credential?.password ?? '';
  const scope = 'https://graph.microsoft.com/.default';
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: ALERT_CLIENT_ID,
    client_secret,
    scope,
  });
  const response = await visitor.fetch(`${host}/${tenant}/oauth2/v2.0/token`, { method: 'POST', body: `${form}` });
  return ((await response.json()) as { access_token: string }).access_token;
}

async function send(body: unknown, { token, sender }: { token?: string | undefined; sender?: string } = {}) {
  const from = encodeURIComponent(sender ?? visitor.sim.settings.ALERT_SENDER_EMAIL ?? '');
  return visitor.fetch(`${visitor.sim.settings.GRAPH_BASE_URL}/v1.0/users/${from}/sendMail`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token ?? (await signIn())}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

test('a mail is accepted with 202 and an empty body, and kept as it came', async () => {
  visitor = await visit();
  const token = await signIn();
  const response = await send({ message: MESSAGE, saveToSentItems: false }, { token });
  expect([response.status, await response.text()]).toEqual([202, '']);
  expect(visitor.sim.mailbox.mails).toEqual([
    expect.objectContaining({
      at: NOON,
      sender: visitor.sim.settings.ALERT_SENDER_EMAIL,
      recipients: ['lead@harbourvale.example'],
      subject: MESSAGE.subject,
      html: '<p>hello</p>',
      text: null,
      contentType: 'HTML',
      saveToSentItems: false,
      raw: JSON.stringify({ message: MESSAGE, saveToSentItems: false }),
      token,
    }),
  ]);
});

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

/** A message by hand; `change` replaces lines of it. */
function mime(change: (text: string) => string = (text) => text): string {
  const lines = [
    `From: Portcullis <${visitor.sim.settings.ALERT_SENDER_EMAIL}>`,
    'To: lead@harbourvale.example,',
    ' Night Desk <night@harbourvale.example>',
    `Subject: =?UTF-8?B?${base64('2 need')}?=`,
    ` =?utf-8?b?${base64(' you → now')}?=`,
    'Date: Wed, 29 Apr 2026 12:00:00 +0000',
    'MIME-Version: 1.0',
    'Content-Type: multipart/alternative; boundary="=_b"',
    '',
    '--=_b',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    base64('héllo'),
    '--=_b',
    'Content-Type: text/html; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    base64('<p>héllo</p>'),
    '--=_b--',
    '',
  ];
  return change(lines.join('\r\n'));
}

async function sendMime(body: string): Promise<{ status: number; code: string | undefined }> {
  const from = encodeURIComponent(visitor.sim.settings.ALERT_SENDER_EMAIL ?? '');
  const response = await visitor.fetch(`${visitor.sim.settings.GRAPH_BASE_URL}/v1.0/users/${from}/sendMail`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await signIn()}`, 'content-type': 'text/plain' },
    body,
  });
  const text = await response.text();
  const answer = text === '' ? {} : (JSON.parse(text) as { error?: { code: string } });
  return { status: response.status, code: answer.error?.code };
}

test('a mail in MIME form is accepted, and kept with its two parts', async () => {
  visitor = await visit();
  expect(await sendMime(base64(mime()))).toEqual({ status: 202, code: undefined });
  expect(visitor.sim.mailbox.mails).toEqual([
    expect.objectContaining({
      recipients: ['lead@harbourvale.example', 'night@harbourvale.example'],
      subject: '2 need you → now',
      text: 'héllo',
      html: '<p>héllo</p>',
      saveToSentItems: true,
      raw: base64(mime()),
    }),
  ]);
});

test('a mail in MIME form that is not whole is refused', async () => {
  visitor = await visit();
  const invalid = { status: 400, code: 'ErrorMimeContentInvalid' };
  const changes: [string, (text: string) => string][] = [
    ['no end', (text) => text.replace('--=_b--', '')],
    ['line feeds alone', (text) => text.replaceAll('\r\n', '\n')],
    ['no recipients', (text) => text.replace(/To: .*\r\n .*\r\n/, '')],
    ['a recipient that is none', (text) => text.replace('lead@', 'lead')],
    ['two senders', (text) => text.replace('From: ', 'From: a@b.example, ')],
    ['a header twice', (text) => text.replace('Date: ', 'From: a@b.example\r\nDate: ')],
    ['no subject', (text) => text.replace('Subject: ', 'X-Subject: ')],
    ['no version', (text) => text.replace('MIME-Version: 1.0\r\n', '')],
    ['no date', (text) => text.replace(/Date: .*\r\n/, '')],
    ['letters beyond ASCII in a header', (text) => text.replace('Night', 'Nächt')],
    ['one part only', (text) => text.replace(/--=_b\r\nContent-Type: text\/html[\s\S]*?(?=--=_b--)/, '')],
    ['another boundary', (text) => text.replace('"=_b"', '"=_c"')],
    ['a part that is not base64', (text) => text.replace(base64('héllo'), 'héllo')],
    ['a part in another encoding', (text) => text.replace('base64', '8bit')],
    ['a part in another alphabet', (text) => text.replace('charset=utf-8', 'charset=iso-8859-1')],
    ['a subject in another alphabet', (text) => text.replace('=?utf-8?b?', '=?iso-8859-1?b?')],
  ];
  for (const [name, change] of changes) expect(await sendMime(base64(mime(change))), name).toEqual(invalid);
  expect(await sendMime(mime())).toEqual({ status: 400, code: 'ErrorMimeContentInvalidBase64String' });
  expect(await sendMime(base64(mime((text) => text.replace(/From: .*/, 'From: boss@harbourvale.example'))))).toEqual({
    status: 403,
    code: 'ErrorSendAsDenied',
  });
  expect(visitor.sim.mailbox.mails).toHaveLength(0);
});

test('the real Graph client gets along with it', async () => {
  visitor = await visit();
  const token = await signIn();
  const dispatcher = new Agent({ connect: { ca: visitor.sim.caPem } });
  const client = Client.initWithMiddleware({
    authProvider: { getAccessToken: async () => token },
    baseUrl: `${visitor.sim.settings.GRAPH_BASE_URL}/`,
    defaultVersion: 'v1.0',
    customHosts: new Set(['localhost']),
    fetchOptions: { dispatcher } as never,
  });
  const path = `/users/${encodeURIComponent(visitor.sim.settings.ALERT_SENDER_EMAIL ?? '')}/sendMail`;
  const response: Response = await client.api(path).responseType(ResponseType.RAW).post({ message: MESSAGE });
  await dispatcher.destroy();
  expect(response.status).toBe(202);
  expect(visitor.sim.mailbox.mails).toHaveLength(1);
});

describe('what is refused', () => {
  test('a mail with no token, a strange token, or one that has run out', async () => {
    let now = NOON;
    visitor = await visit({ now: () => now, tokenSeconds: 600 });
    const token = await signIn();
    expect((await send({ message: MESSAGE }, { token: '' })).status).toBe(401);
    expect((await send({ message: MESSAGE }, { token: 'made-up' })).status).toBe(401);
    now += 601_000;
    const late = await send({ message: MESSAGE }, { token });
    expect([late.status, await late.json()]).toMatchObject([401, { error: { code: 'InvalidAuthenticationToken' } }]);
    expect(visitor.sim.mailbox.mails).toHaveLength(0);
    expect(visitor.sim.journal.of('mail').map(({ status }) => status)).toEqual([401, 401, 401]);
  });

  test('a sender who has no mailbox', async () => {
    visitor = await visit();
    const response = await send({ message: MESSAGE }, { sender: 'nobody@harbourvale.example' });
    expect([response.status, await response.json()]).toMatchObject([404, { error: { code: 'ErrorInvalidUser' } }]);
  });

  test.each([
    ['no message', {}],
    ['no subject', { message: { ...MESSAGE, subject: undefined } }],
    ['no recipients', { message: { ...MESSAGE, toRecipients: [] } }],
    ['a recipient that is a mere text', { message: { ...MESSAGE, toRecipients: ['lead@harbourvale.example'] } }],
    ['a recipient without an address', { message: { ...MESSAGE, toRecipients: [{ emailAddress: { name: 'Lead' } }] } }],
    ['a body of an unknown type', { message: { ...MESSAGE, body: { contentType: 'Markdown', content: '' } } }],
    ['a property that Graph does not know', { message: { ...MESSAGE, html: '<p>' } }],
  ])('%s', async (_name, body) => {
    visitor = await visit();
    expect((await send(body)).status).toBe(400);
    expect(visitor.sim.mailbox.mails).toHaveLength(0);
  });

  test('a request beyond 4 MB', async () => {
    visitor = await visit();
    const body = { contentType: 'HTML', content: 'x'.repeat(4 * 1024 * 1024) };
    expect((await send({ message: { ...MESSAGE, body } })).status).toBe(413);
  });
});
