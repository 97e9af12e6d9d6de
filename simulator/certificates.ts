/** A throw-away certificate authority and one server certificate under it, made anew at every start. */
import { generate } from 'selfsigned';

export type Certificates = {
  /** What a client has to trust. It is a real CA: trusting it, and nothing else, verifies the server certificate. */
  readonly caPem: string;
  readonly certPem: string;
  readonly keyPem: string;
};

const EC = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;

// Validity starts now and lasts a year by the machine's clock, never by an injected one: TLS clients check real time.
export async function makeCertificates(): Promise<Certificates> {
  const ca = await generate([{ name: 'commonName', value: 'Portcullis simulator CA' }], {
    ...EC,
    extensions: [
      { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const leaf = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...EC,
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { caPem: ca.cert, certPem: leaf.cert, keyPem: leaf.private };
}
