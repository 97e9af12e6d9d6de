/** A small, strict reader of MIME mails, written from RFC 5322, 2045 and 2047; it shares nothing with what wrote them. */

export type ReadMail = {
  /** In the order of the message, unfolded. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly parts: readonly { headers: readonly (readonly [string, string])[]; encoded: string; text: string }[];
  readonly boundary: string;
  readonly subject: string;
};

export function read(message: string): ReadMail {
  if (!/^[\t\r\n -~]*$/.test(message)) throw new Error('not plain ASCII');
  const lines = message.split('\r\n');
  if (lines.some((line) => /[\r\n]/.test(line))) throw new Error('a bare CR or LF');
  const tooLong = lines.find((line) => line.length > 76 && !/^(From: | |X-Portcullis-Run: )[\w!-~]+$/.test(line));
  if (tooLong !== undefined) throw new Error(`too long: ${tooLong}`);

  const gap = lines.indexOf('');
  const headers = headersOf(lines.slice(0, gap));
  const boundary = /^multipart\/alternative; boundary="([^"]+)"$/.exec(value(headers, 'Content-Type'))?.[1];
  if (boundary === undefined || boundary.length > 70 || boundary.endsWith(' ')) throw new Error('no good boundary');

  const body = lines.slice(gap + 1);
  const marks = body.flatMap((line, n) => (line.startsWith(`--${boundary}`) ? [n] : []));
  if (marks[0] !== 0 || body.slice(marks.at(-1)).join('\r\n') !== `--${boundary}--\r\n`)
    throw new Error('not enclosed');
  const parts = marks.slice(0, -1).map((from, n) => {
    if (body[from] !== `--${boundary}`) throw new Error('ends too early');
    // The line break before a boundary belongs to the boundary.
    const part = body.slice(from + 1, marks[n + 1]);
    const blank = part.indexOf('');
    const encoded = part.slice(blank + 1).join('\r\n');
    return { headers: headersOf(part.slice(0, blank)), encoded, text: utf8(encoded.replaceAll('\r\n', '')) };
  });
  return { headers, parts, boundary, subject: decoded(value(headers, 'Subject')) };
}

export const value = (headers: ReadMail['headers'], name: string): string => {
  const found = headers.filter(([n]) => n.toLowerCase() === name.toLowerCase());
  if (found.length !== 1) throw new Error(`${found.length} headers ${name}`);
  return found[0]?.[1] ?? '';
};

function headersOf(lines: readonly string[]): [string, string][] {
  const headers: [string, string][] = [];
  for (const line of lines) {
    const last = headers.at(-1);
    if (/^[ \t]/.test(line)) {
      if (last === undefined || line.trim() === '') throw new Error('folds nothing');
      last[1] += ` ${line.trim()}`;
      continue;
    }
    const colon = line.indexOf(': ');
    if (colon < 1 || !/^[!-9;-~]+$/.test(line.slice(0, colon))) throw new Error(`not a header: ${line}`);
    headers.push([line.slice(0, colon), line.slice(colon + 2)]);
  }
  return headers;
}

function decoded(subject: string): string {
  const words = subject.split(' ').map((word) => {
    const inner = /^=\?UTF-8\?B\?([\w+/=]*)\?=$/.exec(word)?.[1];
    if (inner === undefined || word.length > 75) throw new Error(`not an encoded word: ${word}`);
    // Each word has to be whole characters by itself.
    return utf8(inner);
  });
  return words.join('');
}

function utf8(base64: string): string {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64)) throw new Error('not base64');
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(base64, 'base64'));
}
