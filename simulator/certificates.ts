/** Throw-away certificates, made anew at every start: an authority and what it signs. */
import { generate } from 'selfsigned';

export type Certificates = {
  /** What a client has to trust. It is a real CA: trusting it, and nothing else, verifies the server certificate. */
  readonly caPem: string;
  readonly certPem: string;
  readonly keyPem: string;
};

export type Issued = { readonly cert: string; readonly private: string };
export type Issue = {
  readonly name: string;
  /** Who signs it; itself when nobody is given. */
  readonly by?: Issued;
  readonly authority?: boolean;
  /** DNS names that it stands for. */
  readonly hosts?: readonly string[];
  readonly from?: Date;
  readonly to?: Date;
};

const EC = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;

// Validity starts now and lasts a year by the machine's clock, never by an injected one: TLS clients check real time.
export async function issue({ name, by, authority = false, hosts = ['localhost'], from, to }: Issue): Promise<Issued> {
  return generate([{ name: 'commonName', value: name }], {
    ...EC,
    ...(by !== undefined && { ca: { key: by.private, cert: by.cert } }),
    ...(from !== undefined && { notBeforeDate: from }),
    ...(to !== undefined && { notAfterDate: to }),
    extensions: authority
      ? [
          { name: 'basicConstraints', cA: true, pathLenConstraint: by === undefined ? 1 : 0, critical: true },
          { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
        ]
      : [
          { name: 'basicConstraints', cA: false, critical: true },
          { name: 'keyUsage', digitalSignature: true, critical: true },
          { name: 'extKeyUsage', serverAuth: true },
          {
            name: 'subjectAltName',
            altNames: [...hosts.map((value) => ({ type: 2 as const, value })), { type: 7, ip: '127.0.0.1' }],
          },
        ],
  });
}

/** A throw-away certificate authority and one server certificate under it. */
export async function makeCertificates(): Promise<Certificates> {
  const ca = await issue({ name: 'Portcullis simulator CA', authority: true });
  const leaf = await issue({ name: 'localhost', by: ca });
  return { caPem: ca.cert, certPem: leaf.cert, keyPem: leaf.private };
}
