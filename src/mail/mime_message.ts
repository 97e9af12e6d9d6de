import { createHash } from 'node:crypto';
import { isPlainAddress } from '../text/mail_address.ts';
import { plainLine } from '../text/plain_text.ts';
import { UpstreamError } from '../util/errors.ts';
import type { MailFile } from './action_csv.ts';
import { extraHeaders } from './extra_headers.ts';
import type { Mail } from './mail.ts';

export type Envelope = {
  readonly sender: string;
  readonly recipients: readonly string[];
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
};

/**
 * A mail as a MIME message with two alternatives, the essentials as plain text and the HTML, and with the file that goes
 * with it, if any. Pure: the same mail, the
 * same envelope, the same bytes.
 *
 * INVARIANT: no text of a requestor, a model or the vault stands in it as itself. The subject and all parts are base64,
 * whose alphabet can neither end a line nor form the boundary; what else is in a header is ours or has been checked.
 *
 * @throws {UpstreamError} when an address cannot stand in a header; leaving a recipient out would be worse
 */
export function mimeMessage(mail: Mail, { sender, recipients, sentAt }: Envelope): string {
  const { alternatives, type } = alternativesOf(mail);
  return [
    `From: ${checked(sender)}`,
    `To: ${recipients.map(checked).join(',\r\n ')}`,
    `Subject: ${encodedWords(plainLine(mail.subject, 255))}`,
    `Date: ${new Date(sentAt).toUTCString().replace(/GMT$/, '+0000')}`,
    ...extraHeaders(mail).map(({ name, value }) => `${name}: ${value}`),
    'MIME-Version: 1.0',
    ...(mail.attachment === undefined
      ? [type, '', ...alternatives]
      : withFile(mail.attachment, mail.runId, [type, '', ...alternatives])),
    '',
  ].join('\r\n');
}

function alternativesOf({ runId, text, html }: Mail): { type: string; alternatives: readonly string[] } {
  const boundary = boundaryOf('portcullis', runId);
  return {
    type: `Content-Type: multipart/alternative;\r\n boundary="${boundary}"`,
    alternatives: [
      // Mail programs show the last alternative that they understand, so the plain one comes first.
      ...part(boundary, ['Content-Type: text/plain; charset=utf-8'], text),
      ...part(boundary, ['Content-Type: text/html; charset=utf-8'], html),
      `--${boundary}--`,
    ],
  };
}

/** The name of the file is ours: letters, digits, `_`, `-` and a dot. */
function withFile({ name, csv }: MailFile, runId: string, entity: readonly string[]): string[] {
  const boundary = boundaryOf('with_file', runId);
  const head = [
    'Content-Type: text/csv; charset=utf-8',
    `Content-Disposition: attachment;\r\n filename="${name.replace(/[^\w.-]/g, '_')}"`,
  ];
  return [
    `Content-Type: multipart/mixed;\r\n boundary="${boundary}"`,
    '',
    `--${boundary}`,
    ...entity,
    ...part(boundary, head, csv),
    `--${boundary}--`,
  ];
}

function part(boundary: string, head: readonly string[], content: string): string[] {
  const canonical = content.replace(/\r\n|\r|\n/g, '\r\n');
  return [
    `--${boundary}`,
    ...head,
    'Content-Transfer-Encoding: base64',
    '',
    ...inPieces(Buffer.from(canonical, 'utf8').toString('base64'), 76),
    '',
  ];
}

/** `=_` occurs in no base64 text, which makes it safe; the rest only tells the mails of two runs apart. */
const boundaryOf = (kind: string, runId: string): string =>
  `=_${kind}_${createHash('sha256').update(runId, 'utf8').digest('hex').slice(0, 32)}`;

/** Words of RFC 2047, cut between characters and short enough for a line of 76 with the header's name before it. */
function encodedWords(text: string): string {
  const words: string[] = [''];
  for (const character of text) {
    const longer = `${words.at(-1)}${character}`;
    if (Buffer.byteLength(longer) <= 39) words[words.length - 1] = longer;
    else words.push(character);
  }
  return words.map((word) => `=?UTF-8?B?${Buffer.from(word, 'utf8').toString('base64')}?=`).join('\r\n ');
}

function checked(address: string): string {
  if (isPlainAddress(address)) return address;
  const shown = plainLine(address, 100);
  throw new UpstreamError('mail', 'refused', `\`${shown}\` cannot be an address of a MIME message`);
}

const inPieces = (text: string, length: number): string[] =>
  Array.from({ length: Math.ceil(text.length / length) }, (_, n) => text.slice(n * length, (n + 1) * length));
