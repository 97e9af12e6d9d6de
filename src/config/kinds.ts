import { isIP } from 'node:net';
import { Cron } from 'croner';
import { validate as validCron } from 'node-cron';
import { z } from 'zod';
import { isWebhookSecret } from '../http/webhook_signature.ts';

/**
 * The shapes a setting can have. Each takes the text of the environment and gives a value, or says in one phrase what
 * is allowed. An invalid text never turns into a default.
 */

export const text = z.string().trim().min(1);

/** Long enough that nobody guesses it. */
export const key = z.string().trim().min(32, 'must be at least 32 characters long');

export const flag = z
  .string()
  .trim()
  .toLowerCase()
  .refine((t) => t === 'true' || t === 'false', 'must be `true` or `false`')
  .transform((t) => t === 'true');

export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .trim()
    .refine(
      (t) => /^\d{1,9}$/.test(t) && Number(t) >= min && Number(t) <= max,
      `must be a whole number from ${min} to ${max}`,
    )
    .transform(Number);

/** A part of the whole; percent are refused, since 85 would be far more than anybody means. */
export const fraction = z
  .string()
  .trim()
  .refine((t) => /^(0|1|0\.\d{1,4}|1\.0{1,4})$/.test(t), 'must be a number from 0 to 1 such as `0.85`')
  .transform(Number);

/** US dollars. Zero would be read as "no ceiling" by one person and as "nothing" by the next. */
export const usd = z
  .string()
  .trim()
  .refine(
    (t) => /^\d{1,6}(\.\d{1,6})?$/.test(t) && Number(t) > 0,
    'must be an amount in US dollars above 0, such as `2.50`',
  )
  .transform(Number);

/** Seconds in the environment, milliseconds in the program. */
export const seconds = (min: number, max: number) =>
  z
    .string()
    .trim()
    .refine(
      (t) => /^\d{1,6}(\.\d{1,3})?$/.test(t) && Number(t) >= min && Number(t) <= max,
      `must be a number of seconds from ${min} to ${max}`,
    )
    .transform((t) => Math.round(Number(t) * 1000));

export const oneOf = <const W extends readonly [string, ...string[]]>(words: W) =>
  z
    .string()
    .trim()
    .toLowerCase()
    .pipe(z.enum(words, { error: `must be one of ${words.map((w) => `\`${w}\``).join(', ')}` }));

const urlOf = (schemes: readonly string[], message: string) =>
  z
    .string()
    .trim()
    .refine((t) => {
      const url = URL.parse(t);
      // The parser forgives blanks, backslashes and missing slashes, and would then mean something else than it says.
      if (url === null || !/^[a-z]+:\/\/[^\s\\]+$/i.test(t) || !schemes.includes(url.protocol)) return false;
      return [url.username, url.password, url.search, url.hash].every((part) => part === '');
    }, message)
    // Everything else is appended to it.
    .transform((t) => t.replace(/(?<!\/)\/+$/, ''));

/** A bearer token travels there, so nothing but TLS will do. */
export const httpsUrl = urlOf(['https:'], 'must be an https address without user, query or fragment');

/** Whether it travels in the clear, and leaves this machine. */
export function isPlainBeyondThisMachine(address: string): boolean {
  const url = URL.parse(address);
  return url?.protocol === 'http:' && !['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
}

/** Where plain http is somebody's decision: a setting of its own says so. */
export const httpUrl = urlOf(['https:', 'http:'], 'must be an http or https address without user, query or fragment');

/** A server on the same machine often has no TLS; a key never travels in the clear to another machine. */
export const httpUrlForKeys = httpUrl.refine(
  (t) => !isPlainBeyondThisMachine(t),
  'may be plain http on this machine only; elsewhere it must be https',
);

/**
 * Where messages are posted: what they hold is signed and not secret to whoever is on this machine, and the address may
 * hold a key in its path or its query, as those of chat programs do.
 */
export const webhookUrl = z
  .string()
  .trim()
  .refine((t) => {
    const url = URL.parse(t);
    if (url === null || !/^https?:\/\/[^\s\\]+$/i.test(t)) return false;
    return url.username === '' && url.password === '' && url.hash === '';
  }, 'must be an https address without user or fragment')
  .refine((t) => !isPlainBeyondThisMachine(t), 'may be plain http on this machine only; elsewhere it must be https');

/** What messages are signed with. */
export const webhookSecret = z
  .string()
  .trim()
  .refine(
    isWebhookSecret,
    'must be `whsec_` and 24 to 64 bytes in base64, or a text of at least 24 characters that begins otherwise',
  );

/** As it may stand in the `Host` of a question; compared without case. */
export const hostName = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9_.-]{1,253}$/, 'must be host names without a port, such as `portcullis.example.com`')
  .transform((t) => t.replace(/\.$/, ''));

/** A proxy on the way to an upstream; only the proxy itself may learn what stands before the `@`. */
export const proxyUrl = z
  .string()
  .trim()
  .refine((t) => {
    const url = URL.parse(t);
    if (url === null || !/^https?:\/\/[^\s\\]+$/i.test(t)) return false;
    return (
      url.pathname === '/' && url.search === '' && url.hash === '' && [url.username, url.password].every(isDecodable)
    );
  }, 'must be an http or https address of a proxy, with user and password or without, such as `http://proxy.example.com:3128`');

function isDecodable(part: string): boolean {
  try {
    return decodeURIComponent(part) !== null;
  } catch {
    return false;
  }
}

/** Where this machine listens: an address of its own, so that no name service decides who can ask. */
export const ownAddress = z
  .string()
  .trim()
  .refine((t) => isIP(t) !== 0, 'must be an IP address of this machine such as `127.0.0.1`');

export const email = z
  .string()
  .trim()
  .regex(
    /^[^\s@<>"',;:]{1,64}@[^\s@<>"',;:]{1,190}\.[^\s@<>"',;:]{2,63}$/,
    'must be a mail address such as `lead@example.com`',
  );

export const word = z
  .string()
  .trim()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'must be words of letters, digits, `-` and `_`');

export const list = <S extends z.ZodType<unknown, string>>(item: S) =>
  z
    .string()
    .transform((t) => t.split(',').map((part) => part.trim()))
    .pipe(z.array(item).min(1));

/** Only the shape is looked at here; whether the token is still good is the vault's to say. */
export const jwt = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/, 'must be a JSON Web Token: three parts joined by dots');

export const timeZone = z
  .string()
  .trim()
  .refine((t) => /^[A-Za-z]/.test(t) && isZone(t), 'must be an IANA time zone such as `Europe/Berlin`');

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** A day of one year, or of every year; 29 February is one. */
export const holiday = z
  .string()
  .trim()
  .refine(
    (t) => z.iso.date().safeParse(/^\d{2}-\d{2}$/.test(t) ? `2000-${t}` : t).success,
    'must be dates such as `2026-12-24`, or `12-25` for every year',
  );

/** node-cron fires the runs and croner finds missed ones, so both have to understand it. */
export const cron = z
  .string()
  .trim()
  .refine(
    (t) => validCron(t) && cronerTakes(t),
    'must be five cron fields (or six, seconds first) such as `0 */4 * * *`',
  );

function cronerTakes(expression: string): boolean {
  try {
    new Cron(expression, { paused: true });
    return true;
  } catch {
    return false;
  }
}

export const path = (placeholder?: string) =>
  z
    .string()
    .trim()
    .refine(
      (t) =>
        /^\/[\w\-./{}~]*$/.test(t) && !/\.\.|\/\//.test(t) && (placeholder === undefined || t.includes(placeholder)),
      placeholder === undefined
        ? 'must be a path that starts with `/`'
        : `must be a path that starts with \`/\` and holds \`${placeholder}\``,
    );
