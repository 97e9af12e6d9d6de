import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { readMime } from '../../../simulator/microsoft/mime.ts';
import { createMailer, type MailerOptions } from '../../../src/mail/graph_mailer.ts';
import type { Mail } from '../../../src/mail/mail.ts';
import type { MicrosoftError } from '../../../src/mail/microsoft_error.ts';
import { UpstreamError } from '../../../src/util/errors.ts';
import { NOW } from '../../helpers/records.ts';
import { answer, hangUp, type Microsoft, SECRET, silence, startMicrosoft, TENANT, TOKEN } from './microsoft.ts';
import { read, value } from './mime_reader.ts';

let microsoft: Microsoft;
beforeAll(async () => {
  microsoft = await startMicrosoft();
});
afterAll(() => microsoft.close());
beforeEach(() => {
  microsoft.faults = {};
  microsoft.mails.length = 0;
  microsoft.signIns.length = 0;
});
afterEach(() => vi.restoreAllMocks());

const mail: Mail = { runId: 'run 7/a', subject: 'Portcullis: 2 approved', html: '<p>Hello</p>', text: 'Hello' };

function mailer(change: Partial<MailerOptions> = {}) {
  return createMailer({
    tenantId: TENANT,
    clientId: '11111111-2222-3333-4444-555555555555',
    authorityHost: microsoft.url,
    graphBaseUrl: microsoft.url,
    sender: 'portcullis@bank.example',
    recipients: ['lead@bank.example', 'soc@bank.example'],
    ca: microsoft.ca,
    timeoutMs: 5000,
    format: 'html',
    clock: { now: () => NOW, sleep: async () => {} },
    clientSecret: async () => SECRET,
    ...change,
  });
}

/** The error of a failed sending; fails the test when it arrives, or when the error could tell a secret. */
async function failure(options: Partial<MailerOptions> = {}, signal?: AbortSignal): Promise<UpstreamError> {
  const error = await mailer(options)
    .send(mail, signal)
    .then(
      () => expect.fail('the mail was accepted'),
      (e: unknown) => e,
    );
  expect(error).toBeInstanceOf(UpstreamError);
  const everything = inspect(error, { depth: 10, showHidden: true });
  expect(everything).not.toContain(SECRET);
  expect(everything).not.toContain(TOKEN);
  expect(Object.hasOwn(error as Error, 'cause')).toBe(false);
  return error as UpstreamError;
}

describe('a mail that goes well', () => {
  test('is one POST with the token, the subject, the HTML and everybody who shall get it', async () => {
    await mailer().send(mail);
    expect(microsoft.mails).toHaveLength(1);
    const [post] = microsoft.mails;
    expect(post?.method).toBe('POST');
    expect(post?.path).toBe('/v1.0/users/portcullis%40bank.example/sendMail');
    expect(post?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(post?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(post?.body ?? '')).toEqual({
      message: {
        subject: 'Portcullis: 2 approved',
        body: { contentType: 'HTML', content: '<p>Hello</p>' },
        toRecipients: [
          { emailAddress: { address: 'lead@bank.example' } },
          { emailAddress: { address: 'soc@bank.example' } },
        ],
        internetMessageHeaders: [
          { name: 'X-Portcullis-Run', value: 'run_7_a' },
          { name: 'X-Auto-Response-Suppress', value: 'All' },
        ],
      },
      saveToSentItems: false,
    });
  });

  test('signs in with client credentials for Graph at the tenant, and only once for two mails', async () => {
    const secret = vi.fn(async () => SECRET);
    const { send } = mailer({ clientSecret: secret });
    await send(mail);
    const before = microsoft.connections();
    await send(mail);
    expect(microsoft.mails).toHaveLength(2);
    // One that was kept open may close while the mail is written to it.
    expect(microsoft.connections() - before).toBe(1);
    expect(microsoft.signIns).toHaveLength(1);
    expect(secret).toHaveBeenCalledTimes(1);
    expect(microsoft.signIns[0]?.path).toBe(`/${TENANT}/oauth2/v2.0/token`);
    const form = new URLSearchParams(microsoft.signIns[0]?.body);
    expect(form.get('grant_type')).toBe('client_credentials');
    expect(form.get('client_secret')).toBe(SECRET);
    expect(form.get('scope')).toContain('https://graph.microsoft.com/.default');
  });

  test.each([
    ['a trailing slash', '/', '/v1.0/users/'],
    ['a path', '/graph', '/graph/v1.0/users/'],
    ['a path with a trailing slash', '/graph/', '/graph/v1.0/users/'],
    ['the version at its end', '/v1.0', '/v1.0/users/'],
  ])('finds its way when the Graph address carries %s', async (_, suffix, begins) => {
    await mailer({ graphBaseUrl: microsoft.url + suffix }).send(mail);
    expect(microsoft.mails[0]?.path.startsWith(begins)).toBe(true);
    expect(microsoft.mails[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  });

  test('tells the outbox right before it leaves, when the token is already there', async () => {
    const seen: string[] = [];
    await mailer().send(mail, undefined, async () => {
      seen.push(`${microsoft.signIns.length} sign-in, ${microsoft.mails.length} mails`);
    });
    expect(seen).toEqual(['1 sign-in, 0 mails']);
  });

  test('does not leave when the outbox cannot note it', async () => {
    const full = new Error('disk full');
    await expect(
      mailer().send(mail, undefined, async () => {
        throw full;
      }),
    ).rejects.toBe(full);
    expect(microsoft.mails).toHaveLength(0);
  });

  test('is accepted also when the answer carries a broken body', async () => {
    microsoft.faults = { mail: answer(202, '{"oops', { 'content-encoding': 'gzip' }) };
    await mailer().send(mail);
  });
});

test('a file goes with it, in either form', async () => {
  const attachment = { name: 'actions-run_7.csv', csv: 'request,action\r\nreq-ä,approve\r\n' };
  await mailer().send({ ...mail, attachment });
  expect(
    (JSON.parse(microsoft.mails[0]?.body ?? '') as { message: { attachments: unknown } }).message.attachments,
  ).toEqual([
    {
      '@odata.type': '#microsoft.graph.fileAttachment',
      name: 'actions-run_7.csv',
      contentType: 'text/csv',
      contentBytes: Buffer.from(attachment.csv).toString('base64'),
    },
  ]);
  await mailer({ format: 'mime' }).send({ ...mail, attachment });
  const message = readMime(Buffer.from(microsoft.mails[1]?.body ?? '', 'base64').toString('utf8'));
  expect(message).toMatchObject({ text: 'Hello', html: '<p>Hello</p>' });
  expect(message.attachments).toEqual([
    { name: 'actions-run_7.csv', contentBytes: Buffer.from(attachment.csv).toString('base64') },
  ]);
});

describe('a mail in MIME form', () => {
  test('is one POST with the token, base64 in one line, with both parts and the date of now', async () => {
    await mailer({ format: 'mime' }).send(mail);
    expect(microsoft.mails).toHaveLength(1);
    const [post] = microsoft.mails;
    expect(post?.method).toBe('POST');
    expect(post?.path).toBe('/v1.0/users/portcullis%40bank.example/sendMail');
    expect(post?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(post?.headers['content-type']).toBe('text/plain');
    expect(post?.body).toMatch(/^[A-Za-z0-9+/]+=*$/);
    const { headers, subject, parts } = read(Buffer.from(post?.body ?? '', 'base64').toString('utf8'));
    expect(value(headers, 'To')).toBe('lead@bank.example, soc@bank.example');
    expect(value(headers, 'Date')).toBe('Fri, 20 Nov 2026 05:40:12 +0000');
    expect(subject).toBe(mail.subject);
    expect(parts.map(({ text }) => text)).toEqual([mail.text, mail.html]);
  });

  test('is sent exactly once also when Graph is overloaded', async () => {
    const busy = { error: { code: 'ErrorServerBusy', message: 'The server is busy.' } };
    microsoft.faults = { mail: answer(503, busy, { 'retry-after': '0' }) };
    expect(await failure({ format: 'mime' })).toMatchObject({ code: 'server-error', maybeDone: false });
    expect(microsoft.mails).toHaveLength(1);
    expect(microsoft.mails[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  });

  test('to an address that it cannot write does not leave, and the outbox is not told that it did', async () => {
    const beforePost = vi.fn(async () => {});
    const { send } = mailer({ format: 'mime', recipients: ['lead@bank.example\r\nBcc: thief@evil.example'] });
    await expect(send(mail, undefined, beforePost)).rejects.toMatchObject({ code: 'refused', maybeDone: false });
    expect(beforePost).not.toHaveBeenCalled();
    expect(microsoft.mails).toHaveLength(0);
  });
});

describe('a mail that is refused', () => {
  test('with an explanation that drips without end is not waited for', async () => {
    let drips: NodeJS.Timeout | undefined;
    microsoft.faults = {
      mail: (_, response) => {
        response.writeHead(503);
        drips = setInterval(() => response.write('.'), 20);
      },
    };
    expect(await failure({ timeoutMs: 700 })).toMatchObject({ upstream: 'mail', code: 'server-error', status: 503 });
    clearInterval(drips);
  });

  const graphError = { error: { code: 'ErrorAccessDenied', message: `Access is denied for ${TOKEN}.` } };
  test.each([
    [503, 'server-error'],
    [500, 'server-error'],
    [429, 'refused'],
    [400, 'refused'],
    [401, 'unauthorized'],
    [403, 'unauthorized'],
  ] as const)(
    'with %i was not accepted, is `%s` and has been sent exactly once, with the token',
    async (status, code) => {
      microsoft.faults = { mail: answer(status, graphError, { 'retry-after': '0' }) };
      const error = await failure();
      expect(error).toMatchObject({
        upstream: 'mail',
        code,
        status,
        vendorCode: 'ErrorAccessDenied',
        maybeDone: false,
      });
      expect(error.message).toBe(
        `\`${microsoft.host}\` refused the mail: ${status} ErrorAccessDenied Access is denied for [token]`,
      );
      expect(microsoft.mails).toHaveLength(1);
      expect(microsoft.mails[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    },
  );

  test.each([
    [
      403,
      'ErrorAccessDenied',
      /`Mail\.Send`.*application permission.*admin consent.*application access policy or RBAC/,
    ],
    [403, undefined, /`Mail\.Send`/],
    [403, 'ErrorSendAsDenied', /ALERT_SENDER_EMAIL.*Send As/],
    [404, 'ErrorInvalidUser', /ALERT_SENDER_EMAIL names no mailbox/],
    [404, 'MailboxNotEnabledForRESTAPI', /ALERT_SENDER_EMAIL names no mailbox/],
    [404, 'ResourceNotFound', /ALERT_SENDER_EMAIL names no mailbox/],
    [404, undefined, /GRAPH_BASE_URL leads to something else.*ALERT_SENDER_EMAIL names no mailbox/],
    [429, 'ApplicationThrottled', /throttles the app ALERT_CLIENT_ID or the mailbox ALERT_SENDER_EMAIL/],
    [429, 'UnknownError', /throttles/],
    [413, undefined, /takes no mail of this size/],
    [401, 'InvalidAuthenticationToken', /GRAPH_BASE_URL and ALERT_AUTHORITY_HOST have to belong to the same cloud/],
    [400, 'ErrorInvalidRecipients', /ALERT_RECIPIENT_EMAILS/],
  ] as const)('with %i %s says what to do', async (status, code, advice) => {
    microsoft.faults = { mail: answer(status, code === undefined ? 'no' : { error: { code, message: 'No.' } }) };
    expect((await failure()).advice).toMatch(advice);
  });

  test('with a code that nobody wrote down has the advice of its kind', async () => {
    microsoft.faults = { mail: answer(400, { error: { code: 'ErrorSomethingNew', message: 'No.' } }) };
    expect((await failure()).advice).toContain('the message says what it disliked');
  });

  const again = async (status: number, body: unknown, retryAfter?: string) => {
    microsoft.faults = { mail: answer(status, body, retryAfter === undefined ? {} : { 'retry-after': retryAfter }) };
    const error = await failure();
    return [error.maybeDone, (error as MicrosoftError).again];
  };
  const graph = (code: string) => ({ error: { code, message: 'No.' } });
  test.each([
    ['429 with seconds', 429, '', '7', [false, { afterMs: 7000 }]],
    ['429 with a date', 429, '', new Date(NOW + 5000).toUTCString(), [false, { afterMs: 5000 }]],
    ['429 with neither', 429, '', undefined, [false, { afterMs: null }]],
    ['503 with seconds', 503, 'busy', '7', [false, { afterMs: 7000 }]],
    ['503 in the words of Graph', 503, graph('ErrorServerBusy'), undefined, [false, null]],
    ['500 in the words of Exchange', 500, graph('ErrorInternalServerTransientError'), '7', [false, { afterMs: 7000 }]],
    ['503 of a gateway', 503, 'busy', undefined, [true, null]],
    ['503 of a gateway with half a header', 503, 'busy', 'soon', [true, null]],
    ['504, whoever says it', 504, graph('ErrorTimeout'), '7', [true, null]],
    ['502 of Graph itself', 502, graph('UnknownError'), undefined, [true, null]],
    ['400', 400, graph('ErrorInvalidRecipients'), '7', [false, null]],
  ] as const)('may be tried again, or may have gone out: %s', async (_, status, body, retryAfter, expected) => {
    expect(await again(status, body, retryAfter)).toEqual(expected);
  });

  test('for longer than a run waits says for how long', async () => {
    microsoft.faults = { mail: answer(429, graph('ApplicationThrottled'), { 'retry-after': '300' }) };
    expect((await failure()).message).toMatch(/\(asks to wait 5 min 0 s\)$/);
  });

  test('by a redirect is not carried elsewhere, nor is the token', async () => {
    microsoft.faults = { mail: answer(307, '', { location: `${microsoft.url}/v1.0/users/evil/sendMail` }) };
    expect(await failure()).toMatchObject({ code: 'refused', status: 307, maybeDone: false });
    expect(microsoft.mails).toHaveLength(1);
  });

  test('with an endless explanation is not read to its end', async () => {
    microsoft.faults = {
      mail: (_, response) => {
        response.writeHead(500);
        const more = () => response.writable && response.write('x'.repeat(65_536), () => setImmediate(more));
        more();
      },
    };
    const error = await failure();
    expect(error).toMatchObject({ code: 'server-error', status: 500 });
    expect(error.message.length).toBeLessThan(400);
  });
});

describe('a mail whose fate is not known', () => {
  test('because a gateway answered instead of Graph may have gone out', async () => {
    microsoft.faults = { mail: answer(503, 'upstream timed out') };
    expect(await failure()).toMatchObject({ code: 'server-error', status: 503, maybeDone: true });
  });

  test('because the line dropped after the POST may have gone out', async () => {
    microsoft.faults = { mail: hangUp };
    expect(await failure()).toMatchObject({ upstream: 'mail', code: 'unreachable', maybeDone: true });
    expect(microsoft.mails).toHaveLength(1);
  });

  test('because no answer came in time may have gone out', async () => {
    microsoft.faults = { mail: silence };
    expect(await failure({ timeoutMs: 700 })).toMatchObject({ upstream: 'mail', code: 'timeout', maybeDone: true });
    expect(microsoft.mails).toHaveLength(1);
  });

  test('because the run was stopped while it waited may have gone out', async () => {
    const stop = new AbortController();
    microsoft.faults = { mail: () => stop.abort() };
    expect(await failure({}, stop.signal)).toMatchObject({ upstream: 'mail', code: 'stopped', maybeDone: true });
  });
});

describe('a mail that cannot have left', () => {
  test('because nobody listens at the Graph address', async () => {
    const graphBaseUrl = `https://localhost:${await freePort()}`;
    expect(await failure({ graphBaseUrl })).toMatchObject({ upstream: 'mail', code: 'unreachable', maybeDone: false });
  });

  test('because the Graph address does not resolve', async () => {
    const error = await failure({ graphBaseUrl: 'https://graph.does-not-exist.invalid' });
    expect(error).toMatchObject({ upstream: 'mail', code: 'unreachable', maybeDone: false });
  });

  test('because the certificate of Graph is for another host', async () => {
    const error = await failure({ graphBaseUrl: microsoft.url.replace('localhost', '127.0.0.1') });
    expect(error).toMatchObject({ upstream: 'mail', code: 'certificate', maybeDone: false });
  });

  test('because Graph accepts the connection and never finishes the handshake', async () => {
    const deaf = net.createServer(() => {}).listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    const graphBaseUrl = `https://localhost:${(deaf.address() as AddressInfo).port}`;
    const error = await failure({ graphBaseUrl, timeoutMs: 700 });
    expect(error).toMatchObject({ upstream: 'mail', code: 'timeout', maybeDone: false });
    deaf.close();
  });

  test('because Graph drops the line during the handshake', async () => {
    const rude = net.createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(rude, 'listening');
    const graphBaseUrl = `https://localhost:${(rude.address() as AddressInfo).port}`;
    expect(await failure({ graphBaseUrl })).toMatchObject({ upstream: 'mail', code: 'unreachable', maybeDone: false });
    rude.close();
  });
});

describe('a sign-in that fails', () => {
  test('because the secret is wrong shows the code of Microsoft and the first sentence only', async () => {
    microsoft.faults = {
      token: answer(401, {
        error: 'invalid_client',
        error_description:
          'AADSTS7000215: Invalid client secret provided. Trace ID: 0a Correlation ID: 0b Timestamp: 2026-11-20',
      }),
    };
    const error = await failure();
    expect(error).toMatchObject({
      upstream: 'sign-in',
      code: 'unauthorized',
      vendorCode: 'AADSTS7000215',
      status: 401,
    });
    expect(error.message).toBe(
      `sign-in at \`${microsoft.host}\` was refused: 401 AADSTS7000215: Invalid client secret provided`,
    );
    expect(error.maybeDone).toBe(false);
    expect(microsoft.mails).toHaveLength(0);
  });

  test.each([
    ['7000215', 401, /the value of a client secret.*not the id of the secret/],
    ['7000222', 401, /make a new client secret/],
    ['700016', 400, /has no app ALERT_CLIENT_ID/],
    ['90002', 400, /ALERT_TENANT_ID is no tenant/],
    ['900023', 400, /ALERT_TENANT_ID is no tenant/],
    ['7000112', 400, /is disabled for sign-in/],
    ['53003', 400, /Conditional Access/],
    ['500011', 400, /the same cloud/],
    ['90033', 503, /busy/],
    ['9999999', 401, /it refused the credential/],
  ] as const)('with AADSTS%s says what to do', async (number, status, advice) => {
    const error = status === 401 ? 'invalid_client' : 'invalid_request';
    microsoft.faults = {
      token: answer(status, { error, error_description: `AADSTS${number}: Something. Trace ID: 0` }),
    };
    const { vendorCode, advice: said } = await failure();
    expect(vendorCode).toBe(`AADSTS${number}`);
    expect(said).toMatch(advice);
  });

  test.each([
    [429, '3', { afterMs: 3000 }],
    [503, '3', { afterMs: 3000 }],
    [503, undefined, null],
    [429, undefined, { afterMs: null }],
    [401, '3', null],
  ] as const)('with %i and Retry-After %s can be tried again: %o', async (status, retryAfter, expected) => {
    const body = { error: 'other', error_description: 'No.' };
    microsoft.faults = { token: answer(status, body, retryAfter === undefined ? {} : { 'retry-after': retryAfter }) };
    expect(await failure()).toMatchObject({ upstream: 'sign-in', again: expected });
  });

  test('because the tenant does not exist says so', async () => {
    const body = { error: 'invalid_tenant', error_description: "AADSTS90002: Tenant 'contoso' not found." };
    microsoft.faults = { discovery: answer(400, body) };
    expect(await failure()).toMatchObject({ upstream: 'sign-in', code: 'refused', vendorCode: 'AADSTS90002' });
  });

  test.each([
    ['its certificate comes from an unknown authority', () => ({ ca: undefined }), 'certificate'],
    ['nobody listens there', async () => ({ authorityHost: `https://localhost:${await freePort()}` }), 'unreachable'],
    ['its name does not resolve', () => ({ authorityHost: 'https://login.does-not-exist.invalid' }), 'unreachable'],
  ] as const)('because %s names the real cause', async (_, options, code) => {
    expect(await failure(await options())).toMatchObject({ upstream: 'sign-in', code, maybeDone: false });
  });

  test.each([
    ['a log-in page instead of JSON', answer(200, '<html>log in</html>', { 'content-type': 'text/html' }), 'not-json'],
    ['a redirect', answer(302, '', { location: 'https://elsewhere.invalid/' }), 'refused'],
    ['a failure of its own', answer(503, { error: 'temporarily_unavailable' }), 'server-error'],
    ['an answer without a token', answer(200, { token_type: 'Bearer' }), 'wrong-shape'],
    ['an answer larger than is safe', answer(200, 'x'.repeat(1_100_000)), 'too-large'],
  ] as const)('because of %s says so', async (_, token, code) => {
    microsoft.faults = { token };
    expect(await failure()).toMatchObject({ upstream: 'sign-in', code, maybeDone: false });
    expect(microsoft.mails).toHaveLength(0);
  });

  test('because it says nothing at all ends in time', async () => {
    microsoft.faults = { token: silence };
    expect(await failure({ timeoutMs: 700 })).toMatchObject({ upstream: 'sign-in', code: 'timeout' });
  });

  test('is asked again for the next mail, with a secret fetched anew', async () => {
    const secret = vi.fn(async () => SECRET);
    const { send } = mailer({ clientSecret: secret });
    microsoft.faults = { token: answer(503, {}) };
    await expect(send(mail)).rejects.toThrow('503');
    microsoft.faults = {};
    await send(mail);
    expect(secret).toHaveBeenCalledTimes(2);
    expect(microsoft.mails).toHaveLength(1);
  });
});

test('what the vault says about the client secret passes through untouched', async () => {
  const refused = new UpstreamError('vault', 'not-granted', 'nobody granted the credential request', {
    maybeDone: true,
  });
  await expect(
    mailer({
      clientSecret: async () => {
        throw refused;
      },
    }).send(mail),
  ).rejects.toBe(refused);
});

test('the national clouds get tokens for their own Graph', async () => {
  const { send } = mailer({ graphBaseUrl: 'https://graph.microsoft.us', timeoutMs: 700 });
  await expect(send(mail)).rejects.toBeInstanceOf(UpstreamError);
  const form = new URLSearchParams(microsoft.signIns[0]?.body);
  expect(form.get('scope')).toContain('https://graph.microsoft.us/.default');
});

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
