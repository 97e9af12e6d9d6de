import { X509Certificate } from 'node:crypto';

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';

/**
 * The certificates of a PEM file, each in a block of its own as OpenSSL reads them, or what is wrong with the file.
 * OpenSSL leaves out in silence what it cannot read, such as a certificate that begins on the line where the one before it
 * ends (`cat a.pem b.pem` without a line break in between); the upstream then looks untrusted, and nobody sees why.
 * What stands around the blocks (comments, `openssl x509 -text`) is left out.
 */
export function certificatesIn(text: string): { readonly pem: string } | { readonly problem: string } {
  const [before = '', ...blocks] = text.replace(/^\ufeff/, '').split(BEGIN);
  if (blocks.length === 0) return { problem: noCertificate(before) };
  const read: string[] = [];
  for (const [index, block] of blocks.entries()) {
    const which = blocks.length === 1 ? 'a certificate' : `as number ${index + 1} of ${blocks.length} a certificate`;
    const end = block.indexOf(END);
    if (end < 0) return { problem: `holds ${which} without an end (\`${END}\`)` };
    const lines =
      block
        .slice(0, end)
        .replaceAll(/\s/g, '')
        .match(/.{1,64}/g) ?? [];
    const pem = [BEGIN, ...lines, END, ''].join('\n');
    try {
      new X509Certificate(pem);
    } catch {
      return { problem: `holds ${which} that cannot be read: copy it anew` };
    }
    read.push(pem);
  }
  return { pem: read.join('') };
}

function noCertificate(text: string): string {
  if (text.includes('\u0000') || text.includes('\ufffd')) {
    return 'holds no PEM certificate, and looks binary: `openssl x509 -inform der -in FILE -out FILE.pem` makes PEM of DER';
  }
  return text.includes('PRIVATE KEY') ? 'holds a key and no PEM certificate' : 'holds no PEM certificate';
}
