import { expect, test } from 'vitest';
import { FLOOR_RULES, type FloorRule, riskFloor } from '../../src/decide/floor.ts';
import { dossierOf, request } from '../helpers/requests.ts';

const gap = (what: 'requestor' | 'asset' | 'container' | 'approval time') => [{ what, why: 'the vault answered 403' }];

const CASES: Record<FloorRule, readonly [string, ReturnType<typeof dossierOf>][]> = {
  'floor-no-justification': [
    ['nothing was written', dossierOf(request({ justification: '' }))],
    ['only blanks and dots were written', dossierOf(request({ justification: ' .\n… - ' }))],
    ['only invisible characters were written', dossierOf(request({ justification: '\u200b\u2060\u00ad' }))],
  ],
  'floor-requestor-unknown': [['the requestor is missing', dossierOf(request(), { gaps: gap('requestor') })]],
  'floor-asset-unreadable': [
    ['the asset could not be read', dossierOf(request(), { gaps: gap('asset') })],
    ['its container could not be read', dossierOf(request(), { gaps: gap('container') })],
  ],
};

test('Every floor rule has its cases here', () => {
  expect(Object.keys(CASES).sort()).toEqual(Object.keys(FLOOR_RULES).sort());
});

for (const [rule, cases] of Object.entries(CASES) as [FloorRule, (typeof CASES)[FloorRule]][]) {
  test.each(cases)(`Facts give at least ${FLOOR_RULES[rule].risk} (${rule}) when %s`, (_when, dossier) => {
    expect(riskFloor(dossier)).toEqual({ risk: FLOOR_RULES[rule].risk, rules: [rule] });
  });
}

test('Nothing remarkable gives no floor, in any script', () => {
  for (const justification of ['CHG1', 'パッチ', 'обновление', '٣']) {
    expect(riskFloor(dossierOf(request({ justification })))).toEqual({ risk: 'low', rules: [] });
  }
  expect(riskFloor(dossierOf(request(), { gaps: gap('approval time') })).rules).toEqual([]);
});

test('The highest of several floors counts, and all are named', () => {
  const dossier = dossierOf(request({ justification: '' }), { gaps: [...gap('asset'), ...gap('requestor')] });
  expect(riskFloor(dossier)).toEqual({
    risk: 'high',
    rules: ['floor-no-justification', 'floor-requestor-unknown', 'floor-asset-unreadable'],
  });
});
