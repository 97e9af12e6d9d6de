import * as kind from '../kinds.ts';
import type { Settings } from '../setting.ts';

/** What lets others notice that nothing runs any more. */
export const WATCHING = {
  HEARTBEAT_URL: {
    schema: kind.httpUrlForKeys.optional(),
    secret: true,
    about:
      'Ping address of a monitor that raises the alarm when it hears nothing, in the way of healthchecks.io: `/start` and `/fail` are appended. Its path is a secret.',
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
} as const satisfies Settings;
