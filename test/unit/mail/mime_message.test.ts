import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Mail } from '../../../src/mail/mail.ts';
import { type Envelope, mimeMessage } from '../../../src/mail/mime_message.ts';
import { plainLine } from '../../../src/text/plain_text.ts';
import { UpstreamError } from '../../../src/util/errors.ts';
import { openPlace } from '../../e2e/place.ts';
import { byTag } from '../../e2e/tagged_model.ts';
import { NOW } from '../../helpers/records.ts';
import { examples } from '../../suite/property_runs.ts';
import { read, value } from './mime_reader.ts';

const mail: Mail = {
  runId: 'run 7/a',
  subject: 'Portcullis: 2 approved',
  html: '<p>Grüße\nan alle</p>',
  text: 'Zwei Anträge\nbewilligt → fertig',
};
const envelope: Envelope = {
  sender: 'portcullis@bank.example',
  recipients: ['lead@bank.example', 'soc@bank.example'],
  sentAt: NOW,
};
const NAMES = [
  ...['From', 'To', 'Subject', 'Date', 'X-Portcullis-Run', 'X-Auto-Response-Suppress'],
  ...['MIME-Version', 'Content-Type'],
];
const nameList = (message: string) => read(message).headers.map(([name]) => name);
const canonical = (text: string) => text.toWellFormed().replace(/\r\n|\r|\n/g, '\r\n');

describe('a mail in MIME form', () => {
  test('says who writes to whom, when and about which run', () => {
    const { headers, subject } = read(mimeMessage(mail, envelope));
    expect(headers.map(([name]) => name)).toEqual(NAMES);
    expect(value(headers, 'From')).toBe('portcullis@bank.example');
    expect(value(headers, 'To')).toBe('lead@bank.example, soc@bank.example');
    expect(value(headers, 'Date')).toBe('Fri, 20 Nov 2026 05:40:12 +0000');
    expect(value(headers, 'X-Portcullis-Run')).toBe('run_7_a');
    expect(value(headers, 'MIME-Version')).toBe('1.0');
    expect(subject).toBe(mail.subject);
  });

  test('has the essentials as plain text first, then the HTML, both UTF-8 in base64', () => {
    const { parts } = read(mimeMessage(mail, envelope));
    expect(parts.map(({ headers }) => headers)).toEqual(
      ['text/plain', 'text/html'].map((type) => [
        ['Content-Type', `${type}; charset=utf-8`],
        ['Content-Transfer-Encoding', 'base64'],
      ]),
    );
    expect(parts.map(({ text }) => text)).toEqual([canonical(mail.text), canonical(mail.html)]);
  });

  test('is the same bytes for the same mail, and has a boundary of its own for another run', () => {
    expect(mimeMessage(mail, envelope)).toBe(mimeMessage({ ...mail }, { ...envelope }));
    const other = read(mimeMessage({ ...mail, runId: 'run 8' }, envelope));
    expect(other.boundary).not.toBe(read(mimeMessage(mail, envelope)).boundary);
  });

  test('can be read when its parts are empty, or talk about boundaries', () => {
    const { boundary } = read(mimeMessage(mail, envelope));
    for (const text of ['', `\r\n--${boundary}\r\nContent-Type: text/html\r\n\r\n`, `--${boundary}--`]) {
      const { parts } = read(mimeMessage({ ...mail, text, html: text }, envelope));
      expect(parts.map((part) => part.text)).toEqual([text, text]);
      for (const { encoded } of parts) expect(encoded).not.toContain(boundary);
    }
  });
});

describe('nobody writes a header but us', () => {
  test.each([
    ['a second header', 'ok\r\nBcc: thief@evil.example'],
    ['a bare line feed', 'ok\nBcc: thief@evil.example'],
    ['a bare carriage return', 'ok\rBcc: thief@evil.example'],
    ['a Unicode line separator', 'ok\u2028Bcc: thief@evil.example'],
    ['the end of the headers', 'ok\r\n\r\n<script>'],
    ['an encoded word', '=?UTF-8?B?DQpCY2M6IHg=?='],
    ['a folded line', 'ok\r\n Bcc: thief@evil.example'],
    ['a zero byte', 'ok\0Bcc: thief@evil.example'],
    ['half a surrogate pair', 'ok \ud83e'],
  ])('although the subject and the run id hold %s', (_, text) => {
    const message = mimeMessage({ ...mail, subject: text, runId: text }, envelope);
    expect(nameList(message)).toEqual(NAMES);
    expect(read(message).subject).toBe(plainLine(text));
    expect(read(message).subject).not.toMatch(/[\r\n]/);
  });

  test.each([
    'lead@bank.example\r\nBcc: thief@evil.example',
    'lead@bank.example\nBcc: x',
    'lead@bank.example, thief@evil.example',
    'lead@bank.example;thief@evil.example',
    'Lead <lead@bank.example>',
    '"lead"@bank.example',
    'lead(thief)@bank.example',
    'lead@bank.example ',
    'lead@bank.example\0',
    'jörg@bank.example',
    'lead@[127.0.0.1]',
    'lead',
    '',
  ])('and an address such as %j is refused, not changed and not left out', (address) => {
    for (const change of [{ sender: address }, { recipients: ['soc@bank.example', address] }]) {
      const attempt = () => mimeMessage(mail, { ...envelope, ...change });
      expect(attempt).toThrow(UpstreamError);
      expect(attempt).toThrow(/^`[^\r\n\0]*` cannot be an address of a MIME message$/);
    }
  });

  test('whatever the texts', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.string({ unit: fc.constantFrom('\r', '\n', '-', '=', '_', '?', ' ', 'é', '🦊', 'a'), maxLength: 400 }),
    );
    fc.assert(
      fc.property(text, text, text, text, (runId, subject, html, plain) => {
        const message = mimeMessage({ runId, subject, html, text: plain }, envelope);
        const { headers, parts, boundary, subject: shown } = read(message);
        expect(headers.map(([name]) => name)).toEqual(NAMES);
        expect(shown).toBe(plainLine(subject, 255));
        expect(parts.map((part) => part.text)).toEqual([canonical(plain), canonical(html)]);
        for (const { encoded } of parts) expect(encoded).not.toContain(boundary);
      }),
      { numRuns: examples(300) },
    );
  });
});

test('a whole run with ALERT_MAIL_FORMAT=mime sends one mail with both parts', async () => {
  await using place = await openPlace({ model: { behaviour: byTag } }, { ALERT_MAIL_FORMAT: 'mime' });
  place.request('a low one', 'low');
  const { code, record } = await place.run();
  expect(code).toBe(0);
  expect(place.sim.journal.of('mail').map(({ status, contentType }) => [status, contentType])).toEqual([
    [202, 'text/plain'],
  ]);
  const [sent] = place.sim.mailbox.mails;
  expect(sent?.subject).toMatch(/^Portcullis: /);
  expect(sent?.recipients).toEqual(place.settings.ALERT_RECIPIENT_EMAILS?.split(','));
  expect(sent?.html).toMatch(/<body[\s\S]*<\/html>/);
  expect(sent?.text).toContain(`\r\n\r\nRun ${record.runId} of `);
  expect(sent?.text).toContain('\r\n\r\nApprovals (1):\r\n- approved: ');
  expect(sent?.text).not.toMatch(/<\w/);
  expect(place.outbox()).toEqual([]);

  const message = Buffer.from(sent?.raw ?? '', 'base64').toString('utf8');
  expect(read(message).parts.map(({ text }) => text)).toEqual([sent?.text, sent?.html]);
  expect(value(read(message).headers, 'X-Portcullis-Run')).toBe(record.runId);
  expect(place.leaks()).toEqual([]);
});
