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
