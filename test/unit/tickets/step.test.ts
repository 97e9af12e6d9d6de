/** Tickets looked up over real sockets, in the stand-ins of both systems. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FaultSpec } from '../../../simulator/faults.ts';
import type { Simulator } from '../../../simulator/simulator.ts';
import { startSimulator } from '../../../simulator/simulator.ts';
import type { Dossier } from '../../../src/domain/dossier.ts';
import { sameAccount } from '../../../src/policy/people.ts';
import { SAMPLE_TIME, type SampleParts, sampleDossier } from '../../../src/policy/samples.ts';
import { TICKET_SYSTEM, ticketSystem } from '../../../src/policy/ticket_systems.ts';
import { withTickets } from '../../../src/tickets/step.ts';
import { HOUR_MS } from '../../../src/util/durations.ts';

let sim: Simulator;
beforeEach(async () => {
  sim = await startSimulator({ data: 'none' });
});
afterEach(() => sim.close());

const MEI = { user: 'mtan', name: 'Mei Tan', email: 'mei.tan@harbourvale.example' };
const OLE = { user: 'oberg', name: 'Ole Berg', email: 'ole.berg@harbourvale.example' };
const WINDOW = { from: SAMPLE_TIME - HOUR_MS, to: SAMPLE_TIME + 2 * HOUR_MS };

const systems = () => {
  const { user } = sim.tickets.account;
  const now = { name: 'now', kind: 'servicenow', patterns: ['INC\\d+', 'CHG\\d+'], url: sim.origins.serviceNow, user };
  const fields = {
    ...{ asset: 'fields.customfield_10100', from: 'fields.customfield_10101', to: 'fields.customfield_10102' },
  };
  const jira = { name: 'jira', kind: 'jira', patterns: ['OPS-\\d+'], url: sim.origins.jira, fields };
  const json = {
    ...{ name: 'plain', kind: 'json', patterns: ['TSK-\\d+'], url: `${sim.origins.jira}/rest/api/2/issue/{number}` },
    fields: { number: 'key', open: 'fields.status.name', open_when: ['to do'], persons: ['fields.reporter.name'] },
  };
  return [
    ticketSystem(TICKET_SYSTEM.parse({ ...now, credential_asset: 'password' })),
    ...[jira, json].map((one) => ticketSystem(TICKET_SYSTEM.parse({ ...one, credential_asset: 'token' }))),
  ];
};

const request = (justification: string, parts: SampleParts['request'] = {}): Dossier =>
  sampleDossier({
    request: { justification, requestor: { id: 'u-1', name: 'CORP\\mtan', displayName: null }, ...parts },
  });

async function looked(...dossiers: Dossier[]) {
  const { account } = sim.tickets;
  const secret = async (asset: string) => (asset === 'password' ? account.password : account.token);
  const signal = new AbortController().signal;
  return withTickets(dossiers, {
    ...{ systems: systems(), vault: { secret }, runId: 'r', ca: sim.caPem, signal, sameAccount },
  });
}
const factsOf = async (text: string, parts: SampleParts['request'] = {}) =>
  (await looked(request(text, parts))).dossiers[0]?.tickets;
const calls = () => sim.journal.calls.filter(({ upstream }) => upstream === 'tickets').length;

const FITS = { found: true, open: true, namesRequestor: true, namesAsset: true, windowFits: true, unknown: [] };

describe('what is found out about a ticket', () => {
  test.each(['INC0010023', 'OPS-17'])('%s is open, and names person, asset and window', async (number) => {
    sim.tickets.add({ number, state: 'in progress', openedBy: OLE, assignedTo: MEI, asset: 'MADE-UP', ...WINDOW });
    expect(await factsOf(`for ${number.toLowerCase()}`)).toEqual({ cited: [number], ...FITS });
  });

  test('any other system with JSON is read by its paths', async () => {
    sim.tickets.add({ number: 'TSK-4', state: 'new', openedBy: MEI, asset: 'made-up', ...WINDOW });
    const unsaid = { namesAsset: null, windowFits: null };
    expect(await factsOf('TSK-4')).toEqual({ cited: ['TSK-4'], ...FITS, ...unsaid });
  });

  test.each(['INC0010023', 'OPS-17'])('%s is closed, of somebody else, for another asset and time', async (number) => {
    const later = { from: SAMPLE_TIME + HOUR_MS / 2, to: WINDOW.to };
    sim.tickets.add({ number, state: 'closed', openedBy: OLE, asset: 'db-07', ...later });
    const not = { open: false, namesRequestor: false, namesAsset: false, windowFits: false };
    expect(await factsOf(number)).toEqual({ cited: [number], ...FITS, ...not });
  });

  test.each(['INC0010023', 'OPS-17'])('%s that does not exist is not found, and so not open either', async (number) => {
    expect(await factsOf(number)).toMatchObject({ found: false, open: false, namesRequestor: false, unknown: [] });
  });

  test('of two tickets the worse one counts', async () => {
    sim.tickets.add({ number: 'INC1', state: 'new', openedBy: MEI });
    sim.tickets.add({ number: 'INC2', state: 'new', openedBy: OLE });
    expect(await factsOf('INC1 and INC2')).toMatchObject({ found: true, open: true, namesRequestor: false });
  });

  test('a number that exists twice, and an issue that was moved, are unknown', async () => {
    for (const state of ['new', 'closed'] as const) sim.tickets.add({ number: 'INC1', state, openedBy: MEI });
    sim.tickets.add({ number: 'OPS-1', state: 'new', openedBy: MEI, shownAs: 'NET-4' });
    const unknown = { found: null, open: null, namesRequestor: null };
    expect(await factsOf('INC1')).toMatchObject({
      ...unknown,
      unknown: ['`now` knows several tickets of that number'],
    });
    expect(await factsOf('OPS-1')).toMatchObject({ ...unknown, unknown: ['`jira` answered with another number'] });
  });

  test('a list of tickets is not looked up', async () => {
    expect(await factsOf('INC1 INC2 INC3 INC4')).toMatchObject({
      found: null,
      unknown: [expect.stringContaining('4 tickets')],
    });
    expect(calls()).toBe(0);
  });
});

describe('a run', () => {
  test('asks once for each number, and only for what waits', async () => {
    sim.tickets.add({ number: 'INC1', state: 'new', openedBy: MEI });
    const { dossiers } = await looked(
      ...[request('INC1'), request('INC1 again'), request('INC2', { status: 'Approved' }), request('none')],
    );
    expect(dossiers.map(({ tickets }) => tickets?.found)).toEqual([true, true, undefined, undefined]);
    expect(calls()).toBe(1);
  });

  test('without any number asks nobody, and wants no secret', async () => {
    expect((await looked(request('the toner'))).problems).toEqual([]);
    expect(sim.journal.calls).toEqual([]);
  });

  const FAULTS: readonly (readonly [string, Omit<FaultSpec, 'on'>, RegExp])[] = [
    ['is throttled', { kind: 'status', status: 429 }, /it answered 429$/],
    ['is down', { kind: 'status', status: 503 }, /it answered 503$/],
    ['redirects', { kind: 'status', status: 302 }, /it answered 302$/],
    ['shows a page', { kind: 'html' }, /no whole JSON$/],
    ['is cut', { kind: 'truncated-json' }, /no whole JSON$/],
    ['drops the connection', { kind: 'reset-before' }, /connection dropped$/],
    ['sends too much', { kind: 'status', status: 200, body: `{"result":"${'x'.repeat(200_000)}"}` }, /large/],
  ];
  test.each(FAULTS)('whose ticket system %s knows nothing, and says so once', async (_, fault, message) => {
    sim.tickets.add({ number: 'INC1', state: 'new', openedBy: MEI });
    sim.faults.add({ ...fault, on: 'ticket', times: Number.POSITIVE_INFINITY });
    const { dossiers, problems } = await looked(...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => request(`INC${n}`)));
    for (const { tickets } of dossiers) {
      expect(tickets).toMatchObject({ found: null, open: null, unknown: ['`now` could not be asked'] });
    }
    expect(problems).toEqual([
      { where: 'tickets', message: expect.stringMatching(message), advice: expect.any(String) },
    ]);
    expect(problems[0]?.message).toContain('`now`');
    expect(calls()).toBeLessThan(8);
  });

  test('whose credential is refused names where it stands, and never the credential', async () => {
    const { password } = sim.tickets.account;
    const refused = looked(request('INC1'));
    sim.tickets.account.password = 'another';
    const { problems } = await refused;
    expect(problems).toMatchObject([{ message: expect.stringMatching(/it answered 401$/) }]);
    expect(JSON.stringify(problems)).not.toContain(password);
    expect(problems[0]?.advice).toContain('access.yml');
  });
});
