/** The issue API of Jira (Data Center, version 2), as far as somebody reads one issue. */
import { faultPoint, makeUpstream, type SimulatorContext, type Upstream } from '../upstream.ts';
import type { Ticket, TicketDesk, TicketPerson } from './desk.ts';

const CATEGORIES = {
  new: { id: 2, key: 'new', name: 'To Do' },
  'in progress': { id: 4, key: 'indeterminate', name: 'In Progress' },
  closed: { id: 3, key: 'done', name: 'Done' },
} as const;

/** Fields that a company adds to its own Jira: the machine, and the planned window. */
export const JIRA_FIELDS = { asset: 'customfield_10100', from: 'customfield_10101', to: 'customfield_10102' } as const;

export function makeJira(desk: TicketDesk, context: SimulatorContext): Upstream {
  const app = makeUpstream('tickets', context);
  app.get('/rest/api/2/issue/:key', faultPoint('ticket', context), (c) => {
    if (!desk.accepts(c.req.header('authorization'))) {
      c.header('www-authenticate', 'OAuth realm="jira"');
      return c.json(refused('You do not have the permission to see the specified issue.', 'Login Required'), 401);
    }
    const key = c.req.param('key').toUpperCase();
    // Who knows an issue by its old key gets it under the new one.
    const ticket = desk.all().find(({ number, shownAs }) => number === key || shownAs === key);
    if (ticket === undefined) return c.json(refused('Issue Does Not Exist'), 404);
    const wanted = c.req.query('fields')?.split(',');
    const fields = Object.entries(fieldsOf(ticket)).filter(([name]) => wanted?.includes(name) ?? true);
    const shown = ticket.shownAs ?? ticket.number;
    return c.json({ expand: 'renderedFields,names', id: '10023', key: shown, fields: Object.fromEntries(fields) });
  });
  return app;
}

const refused = (...errorMessages: string[]) => ({ errorMessages, errors: {} });

const fieldsOf = (ticket: Ticket): Record<string, unknown> => ({
  summary: ticket.summary ?? '',
  status: { name: CATEGORIES[ticket.state].name, statusCategory: CATEGORIES[ticket.state] },
  reporter: person(ticket.openedBy),
  assignee: ticket.assignedTo === undefined ? null : person(ticket.assignedTo),
  [JIRA_FIELDS.asset]: ticket.asset ?? null,
  [JIRA_FIELDS.from]: moment(ticket.from),
  [JIRA_FIELDS.to]: moment(ticket.to),
});

const person = ({ user, name, email }: TicketPerson) => ({
  ...{ name: user, key: user, emailAddress: email, displayName: name, active: true },
});

/** `2026-11-30T08:00:00.000+0000`: an offset without a colon. */
const moment = (at: number | undefined): string | null =>
  at === undefined ? null : new Date(at).toISOString().replace('Z', '+0000');
