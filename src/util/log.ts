import { Writable } from 'node:stream';
import pino from 'pino';
import pretty from 'pino-pretty';
import { visibleBeyondAscii } from '../text/control_chars.ts';
import type { Progress } from './progress.ts';

/** Every event that the program logs, with what it means. A line is one of these words with data beside it. */
export const EVENTS = {
  'config.unknown': 'names that are no settings, or lines of the settings file that may not be meant as they are read',
  'policy.coverage':
    'of the last window that a run saw: rows that keep things to people and fitted nothing, and assets that no row fits; `policy check` and `policy why` tell more',
  'daemon.started': 'the schedule is running',
  'daemon.skipped': 'a run was due while another was still going',
  'daemon.missed': 'a scheduled run was missed and is made up for',
  'daemon.asked': 'a run begins between those of the schedule, because a signed message asked for it',
  'daemon.failed': 'a run ended with an exception; the daemon goes on',
  'daemon.stopping': 'a signal arrived; the request that is being worked on is finished first',
  'daemon.stopped': 'the daemon has ended',
  'run.started': 'a cycle begins',
  'run.warning': 'something that the reader of the report should know',
  'run.problem': 'something went wrong; the run goes on or ends, as it says',
  'run.finished': 'a cycle has ended',
  'run.halted': 'somebody halted Portcullis: the run changes nothing, or nothing more',
  'step.done': 'one step of the cycle is done: what came of it, in numbers, and how long it took',
  'lock.waiting': 'the owner of the state folder seems to be gone; its lock is taken over unless it renews it',
  'leftovers.removed': 'files that a killed process had not finished were cleared away',
  'credential.waiting': 'a person has to grant the credential request of the agent',
  'request.acted': 'an action was decided on, and this became of it',
  'action.recovered': 'an action of an interrupted run was looked up',
  'model.note': 'something odd in an answer of the model',
  'spend.unknown': 'the file with the spending of each day cannot be used; with MAX_USD_PER_DAY nothing is asked',
  'assessments.forgotten': 'remembered assessments could not be read or kept; what they were about is asked again',
  'heartbeat.failed':
    'the monitor behind HEARTBEAT_URL could not be told how the cycle goes; the cycle is not concerned',
  'fallback.sent': 'who is behind ALERT_FALLBACK_URL was told',
  'fallback.failed': 'who is behind ALERT_FALLBACK_URL could not be told',
  'health.unavailable': 'nobody answers on HEALTH_HOST and HEALTH_PORT; the daemon works all the same',
  'health.listening': 'who watches can ask here',
  'intake.listening': 'signed messages can ask for a run here',
  'intake.unavailable':
    'nobody can ask for a run: INTAKE_HOST and INTAKE_PORT cannot be had; the daemon works all the same',
  'intake.asked': 'a signed message named requests; a run follows within seconds, or when the one under way has ended',
  'intake.refused': 'somebody asked and was refused; `left_out` counts those that were not told of',
  'intake.failed': 'an answer could not be made',
  'mail.sent': 'the mail went out',
} as const satisfies Record<string, string>;
export type LogEvent = keyof typeof EVENTS;

export type Log = {
  info(event: LogEvent, data?: Readonly<Record<string, unknown>>): void;
  warn(event: LogEvent, data?: Readonly<Record<string, unknown>>): void;
  error(event: LogEvent, data?: Readonly<Record<string, unknown>>): void;
};

export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} };

/**
 * Structured lines on stderr, JSON for machines and readable on a terminal. pino writes data as JSON in both, which
 * encodes the first 32 control characters; the others are encoded here, in the same way. What goes in is data, never a
 * format string.
 */
export function createLog(
  level: string,
  terminal: boolean,
  output: NodeJS.WritableStream,
  progress: Progress,
  colour = terminal,
): Log {
  const destination = new Writable({
    write(chunk, _encoding, done) {
      // The progress line stands where the next log line wants to be.
      progress.clear();
      output.write(visibleBeyondAscii(String(chunk)));
      done();
    },
  });
  // A person gets the meaning beside the word; a machine looks the word up.
  const shown = (event: LogEvent): string => (terminal ? `${event}: ${EVENTS[event]}` : event);
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    terminal
      ? pretty({ destination, sync: true, colorize: colour, translateTime: 'SYS:HH:MM:ss', singleLine: true })
      : destination,
  );
  return {
    info: (event, data) => logger.info({ ...data }, event),
    warn: (event, data) => logger.warn({ ...data }, shown(event)),
    error: (event, data) => logger.error({ ...data }, shown(event)),
  };
}
