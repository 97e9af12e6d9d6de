import { mkdtemp, readdir, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Reviewed } from '../../../src/domain/run_record.ts';
import { toJson } from '../../../src/report/json.ts';
import { renderMarkdown } from '../../../src/report/markdown.ts';
import { writeReport } from '../../../src/report/write.ts';
import { aRecord, aReviewed, NOW } from '../../helpers/records.ts';

/** A settled request of low risk: nobody has to look at it. */
const settled = (n: number): Reviewed =>
  aReviewed({ id: `old-${n}`, status: 'Completed', risk: 'low', needsPerson: false, next: null });
const done = (n: number): Reviewed =>
  aReviewed({
    id: `done-${n}`,
    verdict: 'approve',
    risk: 'low',
    needsPerson: false,
    outcome: { kind: 'done', statusAfter: 'Approved', note: '' },
  });
const window = [
  ...Array.from({ length: 40 }, (_, n) => settled(n)),
  aReviewed({ id: 'waits', risk: 'low', needsPerson: true }),
  aReviewed({ id: 'grave', status: 'Completed', risk: 'critical', needsPerson: false, next: null }),
  done(1),
];
const told = (page: string): string[] => [...page.matchAll(/^### .* · (\S+)$/gm)].map(([, id]) => id ?? '');

describe('A window with more requests than one page can tell', () => {
  const room = { most: 20, sheet: 'run.csv' };

  test('keeps in full what waits for a person, was acted on, or is of high or critical risk', () => {
    const page = renderMarkdown(aRecord({ reviewed: window }), room);
    expect(told(page).sort()).toEqual(['done-1', 'grave', 'waits']);
    expect(page).toContain(
      'Of the 43 requests, these are all 3 that wait for a person, were acted on or are of high or critical risk. Every one has a row in `run.csv`.',
    );
  });

  test('tells the most pressing of these when there are too many of them, too, and cuts its tables', () => {
    const many = Array.from({ length: 30 }, (_, n) => done(n));
    const page = renderMarkdown(aRecord({ reviewed: [...many, ...window] }), room);
    expect(told(page)).toHaveLength(20);
    expect(told(page)).toContain('waits');
    expect(page).toContain('these are the 20 most pressing of the 33 that');
    expect(page).toContain('… and 11 more, in `run.csv`.');
    expect(page.match(/^\| approve \|/gm)).toHaveLength(20);
  });

  test('says how far the writing is, a line for each request in twin and sheet', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'report-'));
    let lines = 0;
    await writeReport(aRecord({ reviewed: window }), dir, undefined, { detailLimit: 20, onLine: () => (lines += 1) });
    expect(lines).toBeGreaterThanOrEqual(2 * window.length);
    expect(lines).toBeLessThanOrEqual(2 * window.length + 4);
  });

  test('leaves nothing behind, and no sheet either, when one of its files cannot be made', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'report-'));
    const broken = { ...aRecord({ reviewed: window }), steps: null as never };
    await expect(writeReport(broken, dir, undefined, { detailLimit: 20 })).rejects.toThrow(TypeError);
    expect(await readdir(dir)).toEqual([]);
  });

  test('counts all of them all the same', () => {
    const page = renderMarkdown(aRecord({ reviewed: window }), room);
    expect(page).toContain('43 requests in the window.');
  });

  test('cuts what may be long and is no request of the window, and names the file that has it', () => {
    const many = <T>(one: (n: number) => T) => Array.from({ length: 30 }, (_, n) => one(n));
    const use = { requestor: 'jdoe', subject: 'DC02', status: 'Approved', since: NOW, reviewed: null };
    const page = renderMarkdown(
      aRecord({
        reviewed: window,
        breakGlass: many((n) => ({ ...use, requestId: `bg-${n}` })),
        recovered: many((n) => ({ requestId: `r-${n}`, action: 'approve', runId: 'run', found: 'done', says: 'x' })),
        malformed: many((position) => ({ position, id: null, problem: 'no id' })),
      }),
      room,
    );
    expect([page.match(/^\| bg-/gm), page.match(/^\| approve \| r-/gm)]).toMatchObject([
      { length: 20 },
      { length: 20 },
    ]);
    expect(page.match(/… and 10 more, in the JSON twin of this report\./g)).toHaveLength(3);
  });

  test('tells the first problems only, and how many there are besides', () => {
    const problems = Array.from({ length: 80 }, (_, n) => ({ where: 'score', message: `failure ${n}`, advice: null }));
    const page = renderMarkdown(aRecord({ problems }));
    expect(page.match(/^- \*\*score:\*\* failure/gm)).toHaveLength(50);
    expect(page).toContain('… and 30 more, in the JSON twin of this report.');
    expect(toJson(aRecord({ problems })).problems).toHaveLength(80);
  });

  test('a window that fits is told whole', () => {
    const page = renderMarkdown(aRecord({ reviewed: window }), { most: window.length, sheet: null });
    expect(told(page)).toHaveLength(43);
    expect(page).toBe(renderMarkdown(aRecord({ reviewed: window })));
  });
});

describe('The files of a large window', () => {
  const write = async (detailLimit: number) =>
    writeReport(aRecord({ reviewed: window }), join(await mkdtemp(join(tmpdir(), 'report-')), 'reports'), undefined, {
      detailLimit,
    });

  test('have a sheet beside them with a row for each request, and the twin holds them all', async () => {
    const { markdown, json, sheet } = await write(10);
    expect(sheet).toBe(markdown.replace(/md$/, 'csv'));
    const rows = (await readFile(sheet ?? '', 'utf8')).trimEnd().split('\r\n');
    expect(rows[0]).toMatch(/^request,status_when_listed,asked,requestor,/);
    expect(rows.slice(1).map((row) => row.split(',')[0])).toEqual(window.map((r) => r.dossier.request.id));
    expect((await stat(sheet ?? '')).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(json, 'utf8')).requests).toHaveLength(43);
  });

  test('are two when all of it is told in full', async () => {
    expect((await write(43)).sheet).toBeNull();
  });

  test('no cell of the sheet starts a formula, whatever a requestor wrote', async () => {
    const nasty = aReviewed({
      id: '=1+1',
      requestor: '@SUM(A1)',
      justification: '=HYPERLINK("http://x";"y")',
      asset: '-2+3',
    });
    const record = aRecord({ reviewed: [nasty, ...window] });
    const dir = await mkdtemp(join(tmpdir(), 'report-'));
    const { sheet } = await writeReport(record, dir, undefined, { detailLimit: 10 });
    const [, row = ''] = (await readFile(sheet ?? '', 'utf8')).split('\r\n');
    expect(row).toMatch(/^'=1\+1,/);
    expect(row).not.toMatch(/(^|[,;]"?)[=+@-]/);
  });
});
