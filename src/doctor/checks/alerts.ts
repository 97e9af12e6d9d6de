import { MAIL } from '../../config/settings/mail.ts';
import type { SettingName } from '../../config/settings.ts';
import { createSignIn } from '../../mail/sign_in.ts';
import { plural } from '../../phrases/plural.ts';
import { type Check, type Found, notAsked, ok, warn } from '../check.ts';
import { originOf, type World } from '../world.ts';

const MAIL_SETTINGS = Object.keys(MAIL) as SettingName[];

export const ALERT_CHECKS: readonly Check[] = [
  {
    name: 'mail',
    about: 'whether a mail is configured, from where and to whom; none is sent',
    needs: MAIL_SETTINGS,
    look: mail,
  },
  {
    name: 'sign-in',
    about: 'with the secret in the settings (or `--ask`) a sign-in at Microsoft, as before a mail',
    needs: MAIL_SETTINGS,
    look: signIn,
  },
  {
    name: 'fallback',
    about: 'whether somebody is told when vault or mailbox fail (`ALERT_FALLBACK_URL`); nothing is sent',
    needs: ['ALERT_FALLBACK_URL', 'ALERT_FALLBACK_SECRET', 'ALERT_FALLBACK_SECRET_FILE'],
    look: ({ config }) =>
      config.watching.fallback === null
        ? ok('not set: a run that cannot mail tells nobody (ALERT_FALLBACK_URL)')
        : ok(`set, to \`${new URL(config.watching.fallback.url).host}\``),
  },
  {
    name: 'heartbeat',
    about: 'whether a monitor notices that nothing runs any more (`HEARTBEAT_URL`); nothing is sent',
    needs: ['HEARTBEAT_URL'],
    look: ({ config }) =>
      config.watching.heartbeatUrl === undefined
        ? ok('not set: nobody notices when nothing runs any more (HEARTBEAT_URL)')
        : ok(`set, to \`${new URL(config.watching.heartbeatUrl).host}\``),
  },
];

function mail({ config }: World): Found {
  const { mail: settings, triggers } = config;
  if (settings === null) {
    return warn(
      'no mail is configured: the reports are all there is',
      'fill in the ALERT_ settings, or read the reports',
    );
  }
  const says = `from ${settings.sender} to ${plural(settings.recipients.length, 'recipient')}`;
  if (Object.values(triggers).some((on) => on)) return ok(says);
  return warn(`${says}, and no run is ever mailed`, 'set one of the ALERT_ON_ settings to true');
}

async function signIn({ config, secrets, signal, clock }: World): Promise<Found> {
  const { mail: settings } = config;
  const origin = originOf(settings?.secretAssetId, settings?.clientSecret);
  if (settings === null || origin === null) return ok('not needed: no mail is configured');
  if (origin.kind === 'vault' && !secrets.ask) {
    return notAsked('ALERT_SECRET_ASSET_ID');
  }
  const client = createSignIn({
    ...settings,
    clock,
    clientSecret: async () =>
      origin.kind === 'vault'
        ? secrets.of(origin.assetId, 'client secret of its mail app')
        : (settings.clientSecret ?? ''),
  });
  try {
    await client.token(signal);
    return ok(`\`${new URL(settings.authorityHost).host}\` gives a token for Microsoft Graph`);
  } finally {
    client.close();
  }
}
