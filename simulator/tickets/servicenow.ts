/** The table API of ServiceNow, as far as somebody reads a ticket by its number. Every value is a text, as there. */
import { faultPoint, makeUpstream, type SimulatorContext, type Upstream } from '../upstream.ts';
import type { Ticket, TicketDesk, TicketPerson } from './desk.ts';

/** A value, or a reference to a record of another table. */
type Field = { readonly value: string; readonly shown: string; readonly record?: Readonly<Record<string, Field>> };

const PREFIXES: Readonly<Record<string, string>> = {
  task: '',
  incident: 'INC',
  change_request: 'CHG',
  sc_request: 'REQ',
};
const STATES = { new: ['1', 'New'], 'in progress': ['2', 'In Progress'], closed: ['7', 'Closed'] } as const;

export function makeServiceNow(desk: TicketDesk, context: SimulatorContext): Upstream {
  const app = makeUpstream('tickets', context);
  app.get('/api/now/table/:table', faultPoint('ticket', context), (c) => {
    if (!desk.accepts(c.req.header('authorization'))) {
      c.header('www-authenticate', 'BASIC realm="Service-now"');
      return c.json(failure('User Not Authenticated', 'Required to provide Auth information'), 401);
    }
    const prefix = PREFIXES[c.req.param('table')];
    if (prefix === undefined) return c.json(failure(`Invalid table ${c.req.param('table')}`, null), 400);
    const rows = desk
      .all()
      .filter(({ number }) => number.startsWith(prefix))
      .map(rowOf)
      .filter(queried(c.req.query('sysparm_query') ?? ''));
    const fields = c.req.query('sysparm_fields')?.split(',');
    const style = c.req.query('sysparm_display_value') ?? 'false';
    c.header('x-total-count', `${rows.length}`);
    const limit = Number(c.req.query('sysparm_limit') ?? 10_000);
    return c.json({ result: rows.slice(0, limit).map((row) => written(row, fields ?? Object.keys(row), style)) });
  });
  return app;
}

const failure = (message: string, detail: string | null) => ({ error: { message, detail }, status: 'failure' });

const plain = (value: string, shown = value): Field => ({ value, shown });

function rowOf(ticket: Ticket): Record<string, Field> {
  const [state, shown] = STATES[ticket.state];
  return {
    number: plain(ticket.shownAs ?? ticket.number),
    active: plain(`${ticket.state !== 'closed'}`),
    state: plain(state, shown),
    caller_id: person(ticket.openedBy),
    opened_by: person(ticket.openedBy),
    assigned_to: person(ticket.assignedTo),
    cmdb_ci: ticket.asset === undefined ? plain('') : reference(ticket.asset, { name: plain(ticket.asset) }),
    start_date: plain(moment(ticket.from)),
    end_date: plain(moment(ticket.to)),
    short_description: plain(ticket.summary ?? ''),
  };
}

const person = (given: TicketPerson | undefined): Field =>
  given === undefined
    ? plain('')
    : reference(given.name, { user_name: plain(given.user), name: plain(given.name), email: plain(given.email) });

const reference = (shown: string, record: Record<string, Field>): Field => ({
  value: Buffer.from(shown).toString('hex').padEnd(32, '0').slice(0, 32),
  ...{ shown, record },
});

/** In UTC, without saying so. */
const moment = (at: number | undefined): string =>
  at === undefined ? '' : new Date(at).toISOString().slice(0, 19).replace('T', ' ');

/** Conditions of an encoded query. One on a field that the table lacks is ignored, so that it finds everything, as there. */
function queried(query: string): (row: Record<string, Field>) => boolean {
  const conditions = query.split('^').flatMap((condition) => {
    const at = condition.indexOf('=');
    return at < 0 ? [] : [[condition.slice(0, at), condition.slice(at + 1)] as const];
  });
  return (row) => conditions.every(([name, value]) => row[name] === undefined || row[name].value === value);
}

function written(row: Record<string, Field>, fields: readonly string[], style: string): Record<string, unknown> {
  return Object.fromEntries(
    fields.flatMap((name) => {
      const field = walked(row, name);
      return field === undefined ? [] : [[name, inStyle(field, style)]];
    }),
  );
}

/** `opened_by.email` goes on into the record that is pointed at; of an empty reference it is empty. */
function walked(row: Record<string, Field>, path: string): Field | undefined {
  const [name = '', next] = path.split('.');
  const field = row[name];
  if (next === undefined || field === undefined) return field;
  return field.record === undefined ? plain('') : field.record[next];
}

function inStyle({ value, shown, record }: Field, style: string): unknown {
  const link = record && `https://instance.service-now.com/api/now/table/record/${value}`;
  if (style === 'all') return { display_value: shown, value, ...(link && { link }) };
  if (link === undefined) return style === 'true' ? shown : value;
  return style === 'true' ? { display_value: shown, link } : { link, value };
}
