/** Reads a mail that came as MIME text, as strictly as a test double may: what it does not understand it refuses. */

export type MimeMail = {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
};

/** Says what is wrong with a message. */
export class MimeFault extends Error {}

type Headers = ReadonlyMap<string, string>;

export function readMime(message: string): MimeMail {
  if (/\r(?!\n)|(?<!\r)\n/.test(message)) throw new MimeFault('a line does not end with CRLF');
  const { headers, body } = split(message);
  if (need(headers, 'mime-version') !== '1.0') throw new MimeFault('MIME-Version is not 1.0');
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}$/.test(need(headers, 'date')))
    throw new MimeFault('Date is not a date');
  const boundary = /^multipart\/alternative;\s*boundary="([^"]{1,70})"$/i.exec(need(headers, 'content-type'))?.[1];
  if (boundary === undefined) throw new MimeFault('Content-Type is not multipart/alternative with a boundary');
  const [before = '', ...rest] = `\r\n${body}`.split(`\r\n--${boundary}`);
  const end = rest.pop();
  if (before.trim() !== '' || end?.trim() !== '--')
    throw new MimeFault('the parts do not begin and end with the boundary');
  const parts = rest.map((part) => content(part.replace(/^[ \t]*\r\n/, '')));
  if (parts.map(({ type }) => type).join() !== 'text/plain,text/html')
    throw new MimeFault('the alternatives are not one plain text and one HTML, in this order');
  const [from, ...others] = addresses(need(headers, 'from'));
  if (from === undefined || others.length > 0) throw new MimeFault('From is not one address');
  return {
    from,
    to: addresses(need(headers, 'to')),
    subject: decodedWords(need(headers, 'subject')),
    text: parts[0]?.text ?? '',
    html: parts[1]?.text ?? '',
  };
}

/** Header names in small letters, each at most once; folded lines joined again. */
function split(entity: string): { headers: Headers; body: string } {
  const end = entity.indexOf('\r\n\r\n');
  if (end === -1) throw new MimeFault('no empty line ends the headers');
  const headers = new Map<string, string>();
  for (const line of entity
    .slice(0, end)
    .replace(/\r\n(?=[ \t])/g, '')
    .split('\r\n')) {
    const [, name = '', value = ''] = /^([!-9;-~]+):([\t -~]*)$/.exec(line) ?? [];
    if (name === '') throw new MimeFault('a header line is none, or not plain ASCII');
    if (headers.has(name.toLowerCase())) throw new MimeFault(`the header ${name} stands twice`);
    headers.set(name.toLowerCase(), value.trim());
  }
  return { headers, body: entity.slice(end + 4) };
}

function need(headers: Headers, name: string): string {
  const value = headers.get(name);
  if (value === undefined || value === '') throw new MimeFault(`the header ${name} is missing`);
  return value;
}

function content(part: string): { type: string; text: string } {
  const { headers, body } = split(part);
  const [, type, charset] = /^(text\/\w+);\s*charset="?([\w-]+)"?$/i.exec(need(headers, 'content-type')) ?? [];
  if (type === undefined || charset?.toLowerCase() !== 'utf-8') throw new MimeFault('a part is not text in UTF-8');
  if (need(headers, 'content-transfer-encoding').toLowerCase() !== 'base64')
    throw new MimeFault('a part is not base64');
  if (body.split('\r\n').some((line) => line.length > 76)) throw new MimeFault('a line of a part is longer than 76');
  return { type: type.toLowerCase(), text: fromBase64(body.replaceAll('\r\n', '')) };
}

function addresses(list: string): string[] {
  const all = list.split(',').map((one) => /<([^<>]*)>$/.exec(one.trim())?.[1] ?? one.trim());
  if (!all.every((one) => /^[^\s@<>()]+@[^\s@<>()]+$/.test(one))) throw new MimeFault('an address is none');
  return all;
}

/** White space between two encoded words belongs to neither. */
const decodedWords = (value: string): string =>
  value
    .replace(/\?=[ \t]+(?==\?)/g, '?=')
    .replace(/=\?([^?\s]+)\?([^?\s])\?([^?\s]*)\?=/g, (_, charset: string, encoding: string, word: string) => {
      if (!/^utf-8 b$/i.test(`${charset} ${encoding}`)) throw new MimeFault('the subject is not UTF-8 in base64');
      return fromBase64(word);
    });

/** Whole, canonical base64 of UTF-8 text and nothing else. */
export function fromBase64(encoded: string): string {
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.toString('base64') !== encoded) throw new MimeFault('the base64 is not valid');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new MimeFault('the text is not UTF-8');
  }
}
