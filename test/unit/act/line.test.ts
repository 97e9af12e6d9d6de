import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openLine } from '../../../src/act/line.ts';
import type { AccessRequest } from '../../../src/domain/access_request.ts';
import { request } from '../../helpers/requests.ts';
import { examples } from '../../suite/property_runs.ts';
import { plan } from './ports.ts';

const by = (name: string | null, id: string | null = null): Partial<AccessRequest> => ({
  requestor: { id, name, displayName: null },
});
const lineOf = (...persons: readonly Partial<AccessRequest>[]) =>
  openLine(persons.map((person, n) => plan('approve', request({ id: `req-${n}`, ...person }))));
/** What may be under way at the same time. */
const ready = (line: ReturnType<typeof openLine>) => {
  const places: number[] = [];
  for (let place = line.next(); place !== undefined; place = line.next()) places.push(place);
  return places;
};

describe('Of what is planned for one person', () => {
  test.each([
    ['one account', by('anna'), by('anna')],
    ['two spellings of an account', by('CORP\\anna'), by('anna@corp.example')],
    ['one id under two names', by('anna', 'u-1'), by('ab', 'u-1')],
    ['accounts that a third request connects', by('anna', 'u-1'), by('ab', 'u-2')],
    ['requests that name nobody, whoever made them', by(null), by(null)],
  ])('only the first may begin: %s', (what, one, other) => {
    const third = what.includes('third') ? [by('ab', 'u-1')] : [];
    const line = lineOf(one, by('boris'), other, ...third);
    expect(ready(line)).toEqual([0, 1]);
    line.over(1);
    expect(ready(line)).toEqual([]);
    line.over(0);
    expect(ready(line)).toEqual([2]);
  });

  test('all comes one after the other in the planned order, whatever else is under way', () => {
    const story = fc.record({
      persons: fc.array(fc.nat({ max: 4 }), { maxLength: 30 }),
      ends: fc.array(fc.nat({ max: 30 }), { maxLength: 60 }),
    });
    fc.assert(
      fc.property(story, ({ persons, ends }) => {
        const line = lineOf(...persons.map((person) => by(`person${person}`, `u-${person}`)));
        const [begun, underWay]: [number[], number[]] = [[], []];
        const take = () => {
          for (const place of ready(line)) {
            begun.push(place);
            underWay.push(place);
          }
          expect(new Set(underWay.map((place) => persons[place])).size).toBe(underWay.length);
        };
        take();
        for (let n = 0; underWay.length > 0; n++) {
          const [over = 0] = underWay.splice((ends[n] ?? 0) % underWay.length, 1);
          line.over(over);
          take();
        }
        expect([...begun].sort((a, b) => a - b)).toEqual([...persons.keys()]);
        for (const person of new Set(persons)) {
          const theirs = begun.filter((place) => persons[place] === person);
          expect(theirs).toEqual([...theirs].sort((a, b) => a - b));
        }
      }),
      { numRuns: examples(200) },
    );
  });
});
