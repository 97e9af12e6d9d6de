/** What the journal of the vault proves about a run. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { IndependentVault } from './independent-vault.ts';
import { type Installation, leaks } from './program.ts';
import type { Entry } from './records.ts';
import { recipients, secrets, sender, type Write } from './world.ts';

const verbs: Record<string, string> = { approve: 'approve', reject: 'reject', complete: 'close' };

interface Act extends Write {
  verb: string;
  entry: Entry | undefined;
}

function actsOf({ journal, world }: IndependentVault): Act[] {
  return journal.writes.flatMap((write) => {
    const [, verb = '', id] = /^\/api\/request\/(\w+)\/(.+)$/.exec(write.path) ?? [];
    const entry = world.requests.find((one) => one.id === id);
    return verb ? [{ ...write, verb: verbs[verb] ?? verb, entry }] : [];
  });
}

/** Every call that acted on a request, as `approve a low one`, sorted. */
export function acts(vault: IndependentVault, ...only: string[]): string[] {
  const wanted = actsOf(vault).filter(({ verb }) => only.length === 0 || only.includes(verb));
  return wanted.map(({ verb, entry }) => `${verb} ${entry?.title ?? 'an unknown request'}`).sort();
}

export function expectedActs({ world }: IndependentVault): string[] {
  const due = world.requests.filter(({ expected }) => expected !== 'nothing');
  return due.map(({ expected, title }) => `${expected} ${title}`).sort();
}

/** JSON bodies also answer 200 and show up raw in the audit log: the classic mistake. */
export function expectPlainComments(vault: IndependentVault): void {
  for (const { verb, entry, contentType, body } of actsOf(vault)) {
    const about = `${verb} ${entry?.title}`;
    expect(contentType, about).toMatch(/^text\/plain(; *charset=utf-8)?$/i);
    const comment = new TextDecoder('utf-8', { fatal: true }).decode(body);
    expect(comment, about).not.toMatch(/^\s*[{["]/);
    if (verb === 'approve' && entry?.message.includes('[wordy]')) {
      expect(comment, about).toContain('word12');
      expect(comment, about).not.toContain('word21');
    } else if (verb === 'approve') expect(comment, about).toMatch(/Geprüft.*承認/);
    if (verb === 'reject') expect(comment, about).toMatch(/Zurückgewiesen.*拒否/);
  }
}

/** Each of the agent's credential requests completed once, and nobody else's touched. */
export function expectNoCredentialLeftOpen({ journal, world }: IndependentVault): void {
  const puts = journal.writes.filter(({ method, path }) => method !== 'POST' && !path.startsWith('/api/request/'));
  const completed = puts.map(({ path }) => world.credentialRequests.find(({ id }) => path.includes(id))?.id ?? path);
  expect(completed.sort()).toEqual(world.credentialRequests.map(({ id }) => id).sort());
  expect(world.credentialRequests.map(({ status }) => status)).not.toContain('Active');
  expect(world.credentialRequests.map(({ status }) => status)).not.toContain('Open');
}

/** The mails of all runs so far: authorised, to everybody, well rendered. */
export function expectMails({ journal }: IndependentVault, count: number): void {
  expect(journal.mails).toHaveLength(count);
  for (const mail of journal.mails) {
    expect(mail.authorization).toBe(`Bearer ${secrets.graphToken}`);
    expect(mail.sender).toBe(sender);
    const { message } = JSON.parse(mail.raw) as {
      message: {
        subject: string;
        body: { contentType: string; content: string };
        toRecipients: { emailAddress: { address: string } }[];
      };
    };
    expect(message.toRecipients.map(({ emailAddress }) => emailAddress.address)).toEqual(recipients);
    expect(message.subject).not.toBe('');
    expect(message.body.contentType.toLowerCase()).toBe('html');
    expect(message.body.content).not.toMatch(/\{\{|\bundefined\b|\bNaN\b|\[object Object\]|<b>Büro/);
  }
}

export async function expectReports(place: Installation, count: number): Promise<void> {
  const names = await place.reportNames();
  expect(names).toHaveLength(count);
  for (const name of names) {
    JSON.parse(await readFile(join(place.reports, `${name}.json`), 'utf8'));
    const markdown = await readFile(join(place.reports, `${name}.md`), 'utf8');
    expect(markdown).toMatch(/^# /m);
    expect(markdown).not.toMatch(/\bundefined\b|\bNaN\b|\[object Object\]|^# „Drucker“/m);
  }
}

export async function expectHistory(vault: IndependentVault, place: Installation): Promise<void> {
  const file = join(place.state, 'agent_state.json');
  const history = JSON.parse(await readFile(file, 'utf8')) as { last_run: unknown; actioned_ids: unknown };
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(history.last_run).toBeTruthy();
  const known = JSON.stringify(history.actioned_ids);
  for (const { entry, verb } of actsOf(vault)) expect(known, `${verb} ${entry?.title}`).toContain(entry?.id);
}

export async function expectDiscretion(
  vault: IndependentVault,
  place: Installation,
  outcomes: Parameters<typeof leaks>[2],
): Promise<void> {
  expect(await leaks(vault, place, outcomes)).toEqual([]);
  expect(vault.journal.complaints).toEqual([]);
  expect(vault.journal.foreign).toEqual([]);
  for (const { stdout } of outcomes) expect(() => JSON.parse(stdout), 'one JSON document on stdout').not.toThrow();
}
