import type { Config } from '../../config/config.ts';
import { MAIL } from '../../config/settings/mail.ts';
import type { SettingName } from '../../config/settings.ts';
import { createMailer } from '../../mail/graph_mailer.ts';
import { createSignIn, rightsOf } from '../../mail/sign_in.ts';
import { plural } from '../../phrases/plural.ts';
import { type Check, type Found, fail, notAsked, notLooked, ok, warn } from '../check.ts';
import { type Origin, originOf, type World } from '../world.ts';

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
    about:
      'with the secret in the settings (or `--ask`) a sign-in at Microsoft, as before a mail, and whether its token carries `Mail.Send`',
    needs: MAIL_SETTINGS,
    look: signIn,
  },
  {
    name: 'test mail',
    about: 'with `--send-test-mail` one mail to the recipients, marked as a test; none without it',
    needs: MAIL_SETTINGS,
    look: testMail,
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
  const client = createSignIn({ ...settings, clock, clientSecret: secretOf(origin, settings, secrets) });
  try {
    return rightsFound(new URL(settings.authorityHost).host, rightsOf(await client.token(signal)));
  } finally {
    client.close();
  }
}

const secretOf =
  (origin: NonNullable<Origin>, { clientSecret }: NonNullable<Config['mail']>, secrets: World['secrets']) =>
  async (): Promise<string> =>
    origin.kind === 'vault' ? secrets.of(origin.assetId, 'client secret of its mail app') : (clientSecret ?? '');

async function testMail({ config, secrets, signal, clock, sendTestMail = false }: World): Promise<Found> {
  const { mail: settings } = config;
  if (!sendTestMail) return ok('none is sent; `--send-test-mail` sends one to the recipients');
  const origin = originOf(settings?.secretAssetId, settings?.clientSecret);
  if (settings === null || origin === null) return notLooked('no mail is configured');
  if (origin.kind === 'vault' && !secrets.ask) return notAsked('ALERT_SECRET_ASSET_ID');
  const mailer = createMailer({ ...settings, clock, clientSecret: secretOf(origin, settings, secrets) });
  try {
    await mailer.send(TEST_MAIL, signal);
    return ok(`one was handed to Microsoft Graph, from ${settings.sender} to ${settings.recipients.join(', ')}`);
  } finally {
    mailer.close();
  }
}
const TEST_WORDS =
  'This is a test of portcullis doctor: mails of Portcullis arrive here. No run was made, and nothing is to be done.';
const TEST_MAIL = {
  runId: 'doctor',
  subject: 'Portcullis: test mail, nothing to do',
  html: `<p>${TEST_WORDS}</p>`,
  text: `${TEST_WORDS}\n`,
  actions: 0,
};

const NEEDED = 'Mail.Send';

function rightsFound(host: string, rights: readonly string[] | null): Found {
  const token = `\`${host}\` gives a token for Microsoft Graph`;
  if (rights === null) return ok(`${token}, which does not say what it may do`);
  if (rights.some((right) => right.toLowerCase() === NEEDED.toLowerCase())) return ok(`${token} with ${NEEDED}`);
  const others = rights.length === 0 ? 'no permission' : rights.slice(0, MOST_RIGHTS).join(', ');
  return fail(
    `${token}, and it carries ${others}, not ${NEEDED}`,
    `give the app registration the application permission ${NEEDED}, with the consent of an administrator`,
  );
}
const MOST_RIGHTS = 5;
