import { describe, expect, test } from 'vitest';
import { usableHours } from '../../../src/enrich/age.ts';
import { hoursGranted } from '../../../src/phrases/hours_granted.ts';
import { HOUR_MS } from '../../../src/util/durations.ts';
import { dossierOf, granted, NOON } from '../../helpers/requests.ts';

describe('for how long access has been usable', () => {
  test.each([
    ['counts from the approval when its window had begun', -10, -12, 10],
    ['counts from the begin of the window when that was later', -10, -3, 3],
    ['is nothing before the window begins', -10, 5, 0],
    ['counts from the approval when no window is given', -9.9, null, 9],
  ])('%s', (_what, approved, from, hours) => {
    const request = granted({
      approved: NOON + approved * HOUR_MS,
      requestedFrom: from === null ? null : NOON + from * HOUR_MS,
    });
    expect(usableHours(request, NOON)).toBe(hours);
    expect(hoursGranted(dossierOf(request, { facts: { hoursGranted: hours } }))).toBe(hours);
  });

  test('is not known without a time of approval', () => {
    expect(usableHours(granted({ approved: null }), NOON)).toBeNull();
  });

  test('is the least it can have been in a record that did not note it yet', () => {
    const request = granted({ approved: NOON - 50 * HOUR_MS, requestedFrom: NOON - 47 * HOUR_MS });
    expect(hoursGranted(dossierOf(request))).toBe(45);
  });
});
