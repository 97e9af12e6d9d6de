import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOUR, NOON, type Visitor, visit } from './visitor.ts';

let visitor: Visitor;
beforeEach(async () => {
  visitor = await visit();
});
afterEach(() => visitor.close());

const MEI = { user: 'mtan', name: 'Mei Tan', email: 'mei.tan@harbourvale.example' };
const OLE = { user: 'oberg', name: 'Ole Berg', email: 'ole.berg@harbourvale.example' };

const basic = () => {
  const { user, password } = visitor.sim.tickets.account;
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
};
const bearer = () => `Bearer ${visitor.sim.tickets.account.token}`;

async function read(system: 'serviceNow' | 'jira', path: string, authorization: string | null = basic()) {
  const headers = authorization === null ? {} : { authorization };
  const response = await visitor.fetch(visitor.sim.origins[system] + path, { headers });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const row = async (query: string) => (await read('serviceNow', `/api/now/table/${query}`)).body;

describe('the table API of ServiceNow', () => {
  test('finds a ticket by its number, with fields of the records that it points at', async () => {
    visitor.sim.tickets.add({
      number: 'INC0010023',
      state: 'in progress',
      openedBy: MEI,
      assignedTo: OLE,
      asset: 'db-07',
    });
    const fields = 'number,active,caller_id.email,assigned_to.user_name,cmdb_ci.name';
    expect(await row(`task?sysparm_query=number=INC0010023&sysparm_fields=${fields}`)).toEqual({
      result: [
        {
          ...{ number: 'INC0010023', active: 'true', 'caller_id.email': MEI.email },
          ...{ 'assigned_to.user_name': 'oberg', 'cmdb_ci.name': 'db-07' },
        },
      ],
    });
  });

  test('writes a window in UTC without saying so, and what is missing as an empty text', async () => {
    visitor.sim.tickets.add({ number: 'CHG0030001', state: 'new', openedBy: MEI, from: NOON, to: NOON + HOUR });
    const fields = 'start_date,end_date,cmdb_ci,cmdb_ci.name';
    expect(await row(`change_request?sysparm_query=number=CHG0030001&sysparm_fields=${fields}`)).toEqual({
      result: [
        {
          ...{ start_date: '2026-04-29 12:00:00', end_date: '2026-04-29 13:00:00' },
          ...{ cmdb_ci: '', 'cmdb_ci.name': '' },
        },
      ],
    });
  });

  test('a reference and a state look as the display value that was asked for', async () => {
    visitor.sim.tickets.add({ number: 'INC0010023', state: 'closed', openedBy: MEI });
    const shown = async (style: string) =>
      (
        (await row(
          `incident?sysparm_query=number=INC0010023&sysparm_fields=state,caller_id&sysparm_display_value=${style}`,
        )) as { result: unknown[] }
      ).result[0];
    const link = expect.stringMatching(/^https:\/\//);
    const value = expect.stringMatching(/^[0-9a-f]{32}$/);
    expect(await shown('false')).toEqual({ state: '7', caller_id: { link, value } });
    expect(await shown('true')).toEqual({ state: 'Closed', caller_id: { display_value: 'Mei Tan', link } });
    expect(await shown('all')).toEqual({
      state: { display_value: 'Closed', value: '7' },
      caller_id: { display_value: 'Mei Tan', value, link },
    });
  });

  test('a number that does not exist gives an empty list, and a number that exists twice gives both', async () => {
    for (const state of ['new', 'closed'] as const)
      visitor.sim.tickets.add({ number: 'INC0010023', state, openedBy: MEI });
    expect(await row('task?sysparm_query=number=INC0099999')).toEqual({ result: [] });
    expect(await row('task?sysparm_query=number=INC0010023')).toMatchObject({ result: [{}, {}] });
    expect(await row('task?sysparm_query=number=INC0010023&sysparm_limit=1')).toMatchObject({ result: [{}] });
    expect(await row('change_request?sysparm_query=number=INC0010023')).toEqual({ result: [] });
  });

  test('a condition on a field that the table lacks is ignored, and so finds everything', async () => {
    for (const number of ['INC0010023', 'INC0010024']) visitor.sim.tickets.add({ number, state: 'new', openedBy: MEI });
    expect(await row('task?sysparm_query=nubmer=INC0010023')).toMatchObject({ result: [{}, {}] });
  });

  test('a table that does not exist, and a caller without a sign-in, are told so', async () => {
    const unknown = await read('serviceNow', '/api/now/table/incidnet');
    expect([unknown.status, unknown.body]).toEqual([
      400,
      { error: { message: 'Invalid table incidnet', detail: null }, status: 'failure' },
    ]);
    for (const wrong of [null, 'Basic bm9ib2R5Om5v']) {
      const refused = await read('serviceNow', '/api/now/table/task', wrong);
      expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'BASIC realm="Service-now"']);
      expect(refused.body).toMatchObject({ error: { message: 'User Not Authenticated' }, status: 'failure' });
    }
    expect((await read('serviceNow', '/api/now/table/task', bearer())).status).toBe(200);
  });
});

describe('the issue API of Jira', () => {
  test('gives one issue with the fields that were asked for', async () => {
    visitor.sim.tickets.add({ number: 'OPS-17', state: 'in progress', openedBy: MEI, from: NOON });
    const { body } = await read('jira', '/rest/api/2/issue/OPS-17?fields=status,reporter,assignee,customfield_10101');
    expect(body).toMatchObject({
      key: 'OPS-17',
      fields: {
        status: { name: 'In Progress', statusCategory: { key: 'indeterminate' } },
        reporter: { name: 'mtan', emailAddress: MEI.email, displayName: 'Mei Tan' },
        assignee: null,
        customfield_10101: '2026-04-29T12:00:00.000+0000',
      },
    });
    expect(body).not.toHaveProperty('fields.summary');
  });

  test('an issue that was moved answers to its old key with the new one', async () => {
    visitor.sim.tickets.add({ number: 'OPS-17', state: 'new', openedBy: MEI });
    visitor.sim.tickets.change('OPS-17', { shownAs: 'NET-4', state: 'closed' });
    for (const key of ['OPS-17', 'NET-4', 'ops-17']) {
      const { body } = await read('jira', `/rest/api/2/issue/${key}`, bearer());
      expect(body).toMatchObject({ key: 'NET-4', fields: { status: { statusCategory: { key: 'done' } } } });
    }
  });

  test('an unknown issue, and a caller without a sign-in, are told so', async () => {
    const unknown = await read('jira', '/rest/api/2/issue/OPS-99');
    expect([unknown.status, unknown.body]).toEqual([404, { errorMessages: ['Issue Does Not Exist'], errors: {} }]);
    const refused = await read('jira', '/rest/api/2/issue/OPS-99', null);
    expect([refused.status, refused.body]).toMatchObject([
      401,
      { errorMessages: [expect.any(String), 'Login Required'] },
    ]);
  });
});

test('either can be throttled or show a page instead, and each call is on record', async () => {
  const { sim } = visitor;
  sim.faults.add({ on: 'ticket', kind: 'status', status: 429, retryAfter: 30 });
  sim.faults.add({ on: 'ticket', kind: 'html' });
  const throttled = await visitor.fetch(`${sim.origins.jira}/rest/api/2/issue/OPS-17`);
  expect([throttled.status, throttled.headers.get('retry-after')]).toEqual([429, '30']);
  const page = await visitor.fetch(`${sim.origins.serviceNow}/api/now/table/task`);
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(sim.journal.calls).toMatchObject([
    { upstream: 'tickets', url: '/rest/api/2/issue/OPS-17', authorized: false, fault: 'status', status: 429 },
    { upstream: 'tickets', url: '/api/now/table/task', fault: 'html', status: 200 },
  ]);
});
