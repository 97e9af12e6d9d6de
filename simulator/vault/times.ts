/** The forms in which servers write times. */
import type { TimeForm } from './knobs.ts';

export function writeTime(at: number | null, form: TimeForm): unknown {
  if (at === null) return null;
  const date = new Date(at);
  const iso = date.toISOString();
  const [day, clock] = [iso.slice(0, 10), iso.slice(11, 23)];
  switch (form) {
    case 'number':
      return at;
    case 'digits':
      return `${at}`;
    case 'iso':
      return iso;
    case 'seconds':
      return Math.floor(at / 1000);
    case 'seconds-decimal':
      return at / 1000;
    case 'microseconds':
      return at * 1000;
    case 'nanoseconds':
      return at * 1_000_000;
    case 'java-list':
      return fieldsOf(date);
    case 'java-object':
      return { epochSecond: Math.floor(at / 1000), nano: (at % 1000) * 1_000_000 };
    case 'java-zoned':
      return `${new Date(at + 3_600_000).toISOString().slice(0, 23)}000000+01:00[Europe/Berlin]`;
    case 'iso-local':
      return `${day}T${clock}`;
    case 'iso-hours':
      return `${new Date(at + 3_600_000).toISOString().slice(0, 23)}+01`;
    case 'sql':
      return `${day} ${clock}`;
    case 'sql-offset':
      return `${day} ${clock}+00`;
    case 'rfc1123':
      return date.toUTCString();
    case 'oracle':
      return oracle(date);
    case 'db2':
      return `${day}-${clock.replaceAll(':', '.')}000`;
    case 'javascript':
      return `${date.toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+) ([\d:]+) GMT$/, '$1 $3 $2 $4 $5 GMT+0000')} (Coordinated Universal Time)`;
    case 'go':
      return `${day} ${clock} +0000 UTC`;
    case 'mongo':
      return { $date: { $numberLong: `${at}` } };
    case 'java-fields':
      return objectOf(date);
    case 'day-first':
      return `${day.slice(8)}/${day.slice(5, 7)}/${day.slice(0, 4)} ${clock.slice(0, 5)}`;
  }
}

/** As Java writes a local time: what is zero at its end is left out, from the seconds on. */
function fieldsOf(date: Date): number[] {
  const fields = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  fields.push(date.getUTCHours(), date.getUTCMinutes());
  const [seconds, nanos] = [date.getUTCSeconds(), date.getUTCMilliseconds() * 1_000_000];
  if (seconds + nanos > 0) fields.push(seconds);
  if (nanos > 0) fields.push(nanos);
  return fields;
}

/** `30-NOV-26 10.00.00.000000000 AM` */
function oracle(date: Date): string {
  const [, day = '', month = '', year = ''] = date.toUTCString().split(' ');
  const hour = date.getUTCHours();
  const [, minute = '', second = ''] = date.toISOString().slice(11, 23).split(':');
  const half = `${String(hour % 12 || 12).padStart(2, '0')}.${minute}.${second}000000 ${hour < 12 ? 'AM' : 'PM'}`;
  return `${day}-${month.toUpperCase()}-${year.slice(2)} ${half}`;
}

/** As Gson writes a time of Java with its offset. */
function objectOf(date: Date): unknown {
  return {
    dateTime: {
      date: { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() },
      time: {
        hour: date.getUTCHours(),
        minute: date.getUTCMinutes(),
        second: date.getUTCSeconds(),
        nano: date.getUTCMilliseconds() * 1_000_000,
      },
    },
    offset: { totalSeconds: 0 },
  };
}
