import { z } from 'zod';
import { TICKET_KINDS, type TicketFields, type TicketPattern, type TicketSystem } from '../domain/ticket.ts';

/** `tickets:` of access.yml: where the tickets are looked up that requests name. */

const MOST_DIGITS = 12;
const PATTERN = /^(?<prefix>[A-Za-z][A-Za-z0-9_-]{0,19})\\d(?:\+|\{(?<least>\d{1,2})(?:,(?<most>\d{1,2}))?\})$/;

/**
 * `INC\d+`, `CHG\d{7}`, `OPS-\d{1,6}`. INVARIANT: letters and then digits, and nothing else of a regular expression, so
 * that no pattern can take long on any text.
 */
function patternOf(text: string): TicketPattern | null {
  const { prefix, least, most } = PATTERN.exec(text)?.groups ?? {};
  if (prefix === undefined) return null;
  const [from, to] = least === undefined ? [1, MOST_DIGITS] : [Number(least), Number(most ?? least)];
  return from < 1 || to < from || to > MOST_DIGITS ? null : { prefix: prefix.toUpperCase(), least: from, most: to };
}

const text = z.string().trim().min(1, 'must not be empty');
const path = text.regex(/^[\w.-]{1,200}$/, 'expected a path such as `fields.reporter.name`');

const FIELDS = {
  number: path.optional(),
  open: path.optional(),
  open_when: z.array(text).optional(),
  persons: z.array(path).max(10).optional(),
  asset: path.optional(),
  from: path.optional(),
  to: path.optional(),
};

const SHAPE = {
  name: text.regex(/^[a-z][a-z0-9-]{0,39}$/, 'a name has small letters, digits and hyphens and begins with a letter'),
  kind: z.enum(TICKET_KINDS),
  patterns: z
    .array(
      text.refine(
        (given) => patternOf(given) !== null,
        `expected letters and then digits, such as \`INC\\d+\` or \`CHG\\d{7}\` (at most ${MOST_DIGITS})`,
      ),
    )
    .min(1, 'give at least one pattern')
    .max(20, 'at most 20 patterns'),
  url: text.refine(isAddress, 'expected an https address without user and fragment'),
  table: text.regex(/^[a-z][a-z0-9_]{0,79}$/, 'expected the name of a table, such as `task`').optional(),
  user: text.regex(/^[^:]+$/, 'a user name has no colon').optional(),
  credential_asset: text,
  fields: strict(FIELDS).prefault({}),
};

/** The message of an unknown key is the list of known ones, from which the nearest is found. */
function strict<T extends z.core.$ZodLooseShape>(shape: T) {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(', ') : undefined),
  });
}

export const TICKET_SYSTEM = strict(SHAPE).check((payload) => {
  const { kind, url, fields } = payload.value;
  const say = (message: string, key: string) =>
    payload.issues.push({ code: 'custom', message, input: payload.value, path: [key] });
  if ((kind === 'json') !== url.includes('{number}')) {
    say(kind === 'json' ? 'has no `{number}`' : '`{number}` is for `kind: json`', 'url');
  }
  if (kind === 'json' && (fields.number === undefined || fields.open === undefined)) {
    say('`kind: json` needs the paths of `number` and `open`', 'fields');
  }
});

function isAddress(given: string): boolean {
  const url = URL.parse(given.replaceAll('{number}', 'X1'));
  // The number belongs to the path or the query: it must not choose the host.
  return (
    url?.protocol === 'https:' &&
    [url.username, url.password, url.hash].every((part) => part === '') &&
    URL.parse(given.replaceAll('{number}', 'Y2'))?.origin === url.origin
  );
}

const PERSONS = ['caller_id', 'opened_by', 'requested_by', 'assigned_to'];
const DEFAULTS = {
  servicenow: {
    ...{ number: 'number', open: 'active', openWhen: null, asset: 'cmdb_ci.name', from: 'start_date', to: 'end_date' },
    persons: PERSONS.flatMap((person) => [`${person}.user_name`, `${person}.email`]),
  },
  jira: {
    ...{ number: 'key', open: 'fields.status.statusCategory.key', openWhen: null, asset: null, from: null, to: null },
    persons: ['reporter', 'assignee'].flatMap((person) => [`fields.${person}.name`, `fields.${person}.emailAddress`]),
  },
  json: { number: 'number', open: 'open', openWhen: null, persons: [], asset: null, from: null, to: null },
} as const satisfies Record<TicketSystem['kind'], TicketFields>;

export function ticketSystem(given: z.output<typeof TICKET_SYSTEM>): TicketSystem {
  const { name, kind, url, table = 'task', user = null, fields } = given;
  const usual: TicketFields = DEFAULTS[kind];
  return {
    ...{ name, kind, url, table, user, credentialAsset: given.credential_asset },
    patterns: given.patterns.flatMap((pattern) => patternOf(pattern) ?? []),
    fields: {
      number: fields.number ?? usual.number,
      open: fields.open ?? usual.open,
      openWhen: fields.open_when?.map((word) => word.toLowerCase()) ?? usual.openWhen,
      persons: fields.persons ?? usual.persons,
      asset: fields.asset ?? usual.asset,
      from: fields.from ?? usual.from,
      to: fields.to ?? usual.to,
    },
  };
}
