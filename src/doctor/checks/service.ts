import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { INTAKE } from '../../config/settings/intake.ts';
import type { SettingName } from '../../config/settings.ts';
import { nextDue } from '../../daemon/due.ts';
import { haltAdvice, haltWords } from '../../phrases/halt_words.ts';
import { plural } from '../../phrases/plural.ts';
import { findHalt } from '../../store/halt.ts';
import { lockOwner } from '../../store/lock.ts';
import { plainLine } from '../../text/plain_text.ts';
import { DAY_MS } from '../../util/durations.ts';
import { type Check, type Found, ok, warn } from '../check.ts';
import type { World } from '../world.ts';

export const SERVICE_CHECKS: readonly Check[] = [
  {
    name: 'schedule',
    about: 'the next five moments at which `start` begins a run, in the zone of the schedule',
    needs: ['SCHEDULE_CRON', 'SCHEDULE_TIMEZONE'],
    look: schedule,
  },
  {
    name: 'halt',
    about: 'whether somebody halted Portcullis',
    needs: ['STATE_DIR', 'HALT'],
    look: halted,
  },
  {
    name: 'health port',
    about: 'whether `HEALTH_PORT` is free',
    needs: ['HEALTH_PORT', 'HEALTH_HOST'],
    look: healthPort,
  },
  {
    name: 'intake',
    about: 'whether `INTAKE_PORT` is free, who can ask there, and until when its certificate is good',
    needs: Object.keys(INTAKE) as SettingName[],
    look: intake,
  },
];

const MOMENTS = 5;

function schedule({ config, clock }: World): Found {
  const { cron, timeZone } = config.schedule;
  const moments: number[] = [];
  for (let at = nextDue(config.schedule, clock.now()); at !== null; at = nextDue(config.schedule, at)) {
    if (moments.push(at) === MOMENTS) break;
  }
  if (moments.length === 0) return warn(`\`${cron}\` names no moment that will ever come`, 'look at SCHEDULE_CRON');
  const shown = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  return ok(`\`${cron}\` in ${timeZone}: ${moments.map((at) => shown.format(at)).join(', ')}`);
}

async function halted({ config }: World): Promise<Found> {
  const found = await findHalt({ setting: config.halt, stateDir: config.places.state });
  return found === null ? ok('not halted') : warn(haltWords(found, plainLine), haltAdvice(found));
}

async function healthPort({ config }: World): Promise<Found> {
  const { port, host } = config.watching.health;
  if (port === 0) return ok('off (HEALTH_PORT is 0)');
  return portFound({ config }, { port, host, settings: 'HEALTH' });
}

/** Less than this, and somebody has to see to it. */
const CERTIFICATE_DAYS = 14;

async function intake({ config, clock }: World): Promise<Found> {
  if (config.intake === null) return ok('off (INTAKE_PORT is 0)');
  const { tls, token, secrets, port, host } = config.intake;
  const found = await portFound({ config }, { port, host, settings: 'INTAKE' });
  if (found.state !== 'ok') return found;
  const good = tls === null ? null : Date.parse(new X509Certificate(tls.cert).validTo);
  const days = good === null ? null : Math.floor((good - clock.now()) / DAY_MS);
  if (days !== null && days < CERTIFICATE_DAYS) {
    return warn(
      days < 0 ? 'its certificate has expired' : `its certificate is good for ${plural(days, 'more day')}`,
      'put a new pair at INTAKE_TLS_CERT and INTAKE_TLS_KEY, and start anew',
    );
  }
  const says = [
    found.says,
    days === null ? 'without TLS' : `with a certificate for ${plural(days, 'more day')}`,
    plural(secrets.length, 'secret'),
    token === undefined ? 'nothing can be read (INTAKE_TOKEN)' : 'decisions can be read',
  ];
  return ok(says.join('; '));
}

type Asked = { readonly port: number; readonly host: string; readonly settings: 'HEALTH' | 'INTAKE' };

async function portFound({ config }: Pick<World, 'config'>, { port, host, settings }: Asked): Promise<Found> {
  const code = await refusalOf(port, host);
  const at = `port ${port} of ${host}`;
  if (code === null) return ok(`${at} is free`);
  if (code === 'EADDRINUSE') {
    const owner = await lockOwner(config.places.state).catch(() => null);
    if (owner?.fate === 'alive')
      return ok(`${at} is taken, most likely by the run that has the state folder (${owner.who})`);
    return warn(
      `${at} is taken: nobody would be answered there`,
      `set another ${settings}_PORT, or end what listens there`,
    );
  }
  const setting = code === 'EADDRNOTAVAIL' ? `${settings}_HOST` : `${settings}_PORT`;
  return warn(`nobody would be answered at ${at}: ${code}`, `look at ${setting}`);
}

/** Takes the port for a moment; the code of the system when it is not given. */
async function refusalOf(port: number, host: string): Promise<string | null> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown error';
  } finally {
    server.close();
  }
}
