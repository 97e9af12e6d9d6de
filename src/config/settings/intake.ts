import { z } from 'zod';
import { isWebhookSecret } from '../../http/webhook_signature.ts';
import * as kind from '../kinds.ts';
import type { Settings } from '../setting.ts';

/** One secret, or the old and the new one; a file may have them in two lines. */
const webhookSecrets = z
  .string()
  .trim()
  .transform((t) => t.split(/\s+/))
  .refine(
    (all) => all.length <= 2 && all.every(isWebhookSecret),
    'must be one or two secrets with a blank between: `whsec_` and 24 to 64 bytes in base64, or a text of at least 24 characters without blanks that begins otherwise',
  )
  .transform((all) => all.join(' '));

/** What stands behind `Bearer`; long enough that nobody guesses it. */
const bearer = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9._~+/=-]{32,512}$/, 'must be 32 to 512 letters, digits and `._~+/=-`');

/** Who may ask for a decision between two runs, and read one. */
export const INTAKE = {
  INTAKE_PORT: {
    schema: kind.wholeNumber(0, 65_535),
    fallback: '0',
    about: 'Port on which `start` takes signed messages that ask for a decision (`POST /access/handle`). 0: off.',
  },
  INTAKE_HOST: {
    schema: kind.ownAddress,
    fallback: '127.0.0.1',
    about: 'Address of this machine that it answers on. Beyond this machine it wants TLS, or a proxy that ends it.',
  },
  INTAKE_NAMES: {
    schema: kind.list(kind.hostName).optional(),
    about:
      'Host names by which it may be asked, besides `localhost` and IP addresses, separated by commas. A request that names another host is refused.',
  },
  INTAKE_SECRET: {
    schema: webhookSecrets.optional(),
    secret: true,
    about:
      'What messages have to be signed with, in the way of Standard Webhooks: `whsec_` and base64, or a text of at least 24 characters. While it is replaced two of them, with a blank between. Required with the port, or the next one.',
  },
  INTAKE_SECRET_FILE: {
    schema: kind.text.optional(),
    about: 'File that holds this secret, or two in two lines, instead of the secret itself. Read at the start.',
  },
  INTAKE_TOKEN: {
    schema: bearer.optional(),
    secret: true,
    about: 'Bearer token for reading decisions (`GET /access/decisions/{id}`). Without one nothing can be read.',
  },
  INTAKE_TOKEN_FILE: {
    schema: kind.text.optional(),
    about: 'File that holds this token, instead of the token itself. Read at the start.',
  },
  INTAKE_TLS_CERT: {
    schema: kind.text.optional(),
    about: 'PEM file with the certificate that it shows, and those in between. Read at the start.',
  },
  INTAKE_TLS_KEY: {
    schema: kind.text.optional(),
    about: 'PEM file with the private key of that certificate.',
  },
  INTAKE_BEHIND_PROXY: {
    schema: kind.flag,
    fallback: 'false',
    about:
      'A proxy in front of it ends TLS. Then plain http is answered beyond this machine, too, and the limit for each address goes by the last one in `X-Forwarded-For`.',
  },
  INTAKE_REQUESTS_PER_MINUTE: {
    schema: kind.wholeNumber(1, 6_000),
    fallback: '60',
    about: 'How often one address may ask within a minute, signed or not.',
  },
} as const satisfies Settings;
