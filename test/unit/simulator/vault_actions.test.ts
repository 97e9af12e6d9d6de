import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NOON, type Visitor, visit } from './visitor.ts';

let visitor: Visitor;
beforeEach(async () => {
  visitor = await visit();
});
afterEach(() => visitor.close());

const TEXT = { 'content-type': 'text/plain; charset=utf-8' };
const act = (what: string, id: string, body = '') =>
  visitor.vault('PUT', `/api/request/${what}/${id}`, { body, headers: TEXT });

describe('transitions', () => {
  const ROWS = [
    ['approve', 'Active', 'Approved'],
    ['approve', 'Approved', null],
    ['approve', 'Rejected', null],
    ['approve', 'Completed', null],
    ['approve', 'Escalated', null],
    ['reject', 'Active', 'Rejected'],
    ['reject', 'Approved', null],
    ['reject', 'Rejected', null],
    ['reject', 'Completed', null],
    ['complete', 'Active', null],
    ['complete', 'Approved', 'Completed'],
    ['complete', 'Rejected', null],
    ['complete', 'Completed', null],
  ] as const;
  test.each(ROWS)('%s from %s leads to %s', async (what, from, to) => {
    const { vault, journal } = visitor.sim;
    const { id } = vault.add({ status: from });
    const response = await act(what, id, 'because');
    expect(response.status).toBe(to ? 200 : 409);
    if (!to) expect(await response.text()).toMatch(/MSG-\d{5}/);
    expect(vault.get(id)?.status).toBe(to ?? from);
    expect(journal.of(what)).toEqual([
      expect.objectContaining({ id, before: from, after: to ?? from, status: response.status, user: 'svc-portcullis' }),
    ]);
  });

  test('an approval of one of two levels leaves the request active on the next level', async () => {
    const { vault } = visitor.sim;
    const { id } = vault.add({ levels: 2 });
    expect((await act('approve', id, 'first')).status).toBe(200);
    expect(vault.get(id)).toMatchObject({ status: 'Active', level: 2, approved: null });
    expect((await act('approve', id, 'second')).status).toBe(200);
    expect(vault.get(id)).toMatchObject({ status: 'Approved', level: 2, approved: NOON });
    expect(vault.get(id)?.approvals).toEqual([
      { level: 1, user: 'svc-portcullis', decision: 'Approved', message: 'first', created: NOON },
      { level: 2, user: 'svc-portcullis', decision: 'Approved', message: 'second', created: NOON },
    ]);
  });

  test('a rejection on the second level ends the request', async () => {
    const { vault } = visitor.sim;
    const { id } = vault.add({ levels: 2, level: 2 });
    await act('reject', id, 'no');
    expect(vault.get(id)?.status).toBe('Rejected');
  });

  test('who may not approve on the current level is refused', async () => {
    const { vault } = visitor.sim;
    vault.knobs.authorizerLevels = [2];
    const { id } = vault.add({ levels: 2 });
    expect((await act('approve', id)).status).toBe(400);
    vault.approveAs('boss', id);
    expect((await act('approve', id)).status).toBe(200);
  });

  test('a rejection without a reason is refused', async () => {
    const { id } = visitor.sim.vault.add();
    expect((await act('reject', id, '  ')).status).toBe(400);
    expect(visitor.sim.vault.get(id)?.status).toBe('Active');
  });

  test('an unknown id is refused and noted', async () => {
    expect((await act('approve', 'nobody')).status).toBe(404);
    expect(visitor.sim.journal.of('approve')).toMatchObject([{ id: 'nobody', before: null, after: null }]);
  });

  test('all refusals may answer 500', async () => {
    visitor.sim.vault.knobs.refusalStatus = '500';
    expect((await act('approve', 'nobody')).status).toBe(500);
  });

  test.each([
    ['plain', /^MSG-00871: /],
    ['json', /^\{"code":"MSG-00871"/],
    ['nested', /^\{"error":\{"cause":\{"text":"\[MSG-00871\]/],
  ] as const)('a code may come in the form %s', async (messageForm, pattern) => {
    visitor.sim.vault.knobs.messageForm = messageForm;
    const { id } = visitor.sim.vault.add({ status: 'Rejected' });
    expect(await (await act('approve', id)).text()).toMatch(pattern);
  });
});

describe('comments', () => {
  test('a plain text is kept to the byte', async () => {
    const { id } = visitor.sim.vault.add();
    await act('approve', id, '\uFEFFgrüße "x" 漢字\r\n');
    expect(visitor.sim.journal.of('approve')[0]).toMatchObject({
      body: '\uFEFFgrüße "x" 漢字\r\n',
      contentType: 'text/plain; charset=utf-8',
    });
  });

  test('a JSON body answers 200 and is kept raw by the simulator', async () => {
    const { id } = visitor.sim.vault.add();
    const headers = { 'content-type': 'application/json' };
    const response = await visitor.vault('PUT', `/api/request/approve/${id}`, { body: '{"comment":"ok"}', headers });
    expect(response.status).toBe(200);
    expect(visitor.sim.vault.get(id)?.approvals[0]?.message).toBe('{"comment":"ok"}');
    expect(visitor.sim.journal.of('approve')[0]?.contentType).toBe('application/json');
  });
});

describe('what other people do', () => {
  test('a withdrawal right before the action makes the action fail', async () => {
    const { vault } = visitor.sim;
    const { id } = vault.add();
    vault.on('approve', (_n, live, about) => void live.withdraw(about));
    expect((await act('approve', id)).status).toBe(409);
    expect(vault.get(id)).toMatchObject({ status: 'Completed', approved: null });
  });

  test('a withdrawn request cannot be withdrawn again', () => {
    const { vault } = visitor.sim;
    const { id } = vault.add();
    vault.withdraw(id);
    expect(() => vault.withdraw(id)).toThrow('cannot withdraw a request that is Completed');
  });

  test('a window that runs out completes an approved request', () => {
    const { vault } = visitor.sim;
    const { id } = vault.add({ status: 'Approved' });
    expect(vault.end(id)).toMatchObject({ status: 'Completed', completed: NOON });
  });

  test('a denied action is 401 and changes nothing', async () => {
    const { vault } = visitor.sim;
    const { id } = vault.add();
    vault.knobs.denied = ['approve'];
    expect((await act('approve', id)).status).toBe(401);
    expect((await act('reject', id, 'no')).status).toBe(200);
    expect(visitor.sim.journal.entries).toMatchObject([
      { what: 'approve', id, status: 401, before: 'Active', after: 'Active' },
      { what: 'reject', id, status: 200, before: 'Active', after: 'Rejected' },
    ]);
  });
});
