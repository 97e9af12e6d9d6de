import { once } from 'node:events';
import { createServer } from 'node:net';
import { nextDue } from '../../daemon/due.ts';
import { haltAdvice, haltWords } from '../../phrases/halt_words.ts';
import { findHalt } from '../../store/halt.ts';
import { lockOwner } from '../../store/lock.ts';
import { plainLine } from '../../text/plain_text.ts';
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
  const code = await refusalOf(port, host);
  const at = `port ${port} of ${host}`;
  if (code === null) return ok(`${at} is free`);
  if (code === 'EADDRINUSE') {
    const owner = await lockOwner(config.places.state).catch(() => null);
    if (owner?.fate === 'alive')
      return ok(`${at} is taken, most likely by the run that has the state folder (${owner.who})`);
    return warn(`${at} is taken: nobody would be answered there`, 'set another HEALTH_PORT, or end what listens there');
  }
  const setting = code === 'EADDRNOTAVAIL' ? 'HEALTH_HOST' : 'HEALTH_PORT';
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
