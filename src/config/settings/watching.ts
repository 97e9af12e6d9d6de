import * as kind from '../kinds.ts';
import type { Settings } from '../setting.ts';

/** What lets others notice that nothing runs any more, or nothing as it should. */
export const WATCHING = {
  HEARTBEAT_URL: {
    schema: kind.httpUrlForKeys.optional(),
    secret: true,
    about:
      'Ping address of a monitor that raises the alarm when it hears nothing, in the way of healthchecks.io: `/start` and `/fail` are appended. Its path is a secret.',
  },
  ALERT_FALLBACK_URL: {
    schema: kind.webhookUrl.optional(),
    secret: true,
    about:
      'Where a signed JSON message goes when a run failed, was blind, did not trust the ledger or could not mail: the one way to alert that needs neither vault nor mailbox. Its path and query are secrets.',
  },
  ALERT_FALLBACK_SECRET: {
    schema: kind.webhookSecret.optional(),
    secret: true,
    about:
      'What these messages are signed with, in the way of Standard Webhooks: `whsec_` and base64, or a text of at least 24 characters. Required with the address, or the next one.',
  },
  ALERT_FALLBACK_SECRET_FILE: {
    schema: kind.text.optional(),
    about: 'File that holds this secret, instead of the secret itself. Read at the start.',
  },
  HEALTH_PORT: {
    schema: kind.wholeNumber(0, 65_535),
    fallback: '9464',
    about: 'Port on which `start` answers `/healthz` and `/metrics`. 0: off.',
  },
  HEALTH_HOST: {
    schema: kind.ownAddress,
    fallback: '127.0.0.1',
    about: 'Address of this machine that it answers on. Whoever reaches it reads the numbers without a password.',
  },
  HEALTH_NAMES: {
    schema: kind.list(kind.hostName).optional(),
    about:
      'Host names by which it may be asked, besides `localhost` and IP addresses, separated by commas. A question that names another host is refused.',
  },
} as const satisfies Settings;
