/** Reads a mail that came as MIME text, as strictly as a test double may: what it does not understand it refuses. */

export type MimeMail = {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly attachments: readonly { readonly name: string; readonly contentBytes: string }[];
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
  const { text, html, attachments } = bodyOf({ headers, body });
  const [from, ...others] = addresses(need(headers, 'from'));
  if (from === undefined || others.length > 0) throw new MimeFault('From is not one address');
  return {
    from,
    to: addresses(need(headers, 'to')),
    subject: decodedWords(need(headers, 'subject')),
    ...{ text, html, attachments },
  };
}

type Entity = { readonly headers: Headers; readonly body: string };

/** Two alternatives; or these and then files, in a mixed message. */
function bodyOf({ headers, body }: Entity): Pick<MimeMail, 'text' | 'html' | 'attachments'> {
  const [, kind, boundary] =
    /^multipart\/(alternative|mixed);\s*boundary="([^"]{1,70})"$/i.exec(need(headers, 'content-type')) ?? [];
  if (kind === undefined || boundary === undefined)
    throw new MimeFault('Content-Type is not multipart/alternative or multipart/mixed with a boundary');
  const [before = '', ...rest] = `\r\n${body}`.split(`\r\n--${boundary}`);
  const end = rest.pop();
  if (before.trim() !== '' || end?.trim() !== '--')
    throw new MimeFault('the parts do not begin and end with the boundary');
  const entities = rest.map((part) => split(part.replace(/^[ \t]*\r\n/, '')));
  if (kind.toLowerCase() === 'mixed') {
    const [first, ...files] = entities;
    if (first === undefined || /^multipart\/mixed/i.test(need(first.headers, 'content-type')))
      throw new MimeFault('a mixed message does not begin with the text');
    return { ...bodyOf(first), attachments: files.map(fileIn) };
  }
  const parts = entities.map(content);
  if (parts.map(({ type }) => type).join() !== 'text/plain,text/html')
    throw new MimeFault('the alternatives are not one plain text and one HTML, in this order');
  return { text: parts[0]?.text ?? '', html: parts[1]?.text ?? '', attachments: [] };
}

function fileIn({ headers, body }: Entity): MimeMail['attachments'][number] {
  const name = /^attachment;\s*filename="([\w .-]{1,120})"$/i.exec(need(headers, 'content-disposition'))?.[1];
  if (name === undefined) throw new MimeFault('a file has no name');
  return { name, contentBytes: Buffer.from(content({ headers, body }).text, 'utf8').toString('base64') };
}

/** Header names in small letters, each at most once; folded lines joined again. */
function split(entity: string): Entity {
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

function content({ headers, body }: Entity): { type: string; text: string } {
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
