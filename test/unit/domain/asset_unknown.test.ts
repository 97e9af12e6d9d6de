import { expect, test } from 'vitest';
import { assetUnknown } from '../../../src/domain/asset_unknown.ts';
import { dossierOf, request } from '../../helpers/requests.ts';

const ASSET = { id: 'asset-7', name: 'srv-web-04', type: 'Server', containerPath: '/Servers', tags: [] };
const of = (part: Parameters<typeof dossierOf>[1], assetKnown = false) =>
  assetUnknown(dossierOf(request(), part), { assetKnown });

test.each([
  ['nobody looked', { asset: null }, 'not-read'],
  ['the vault refused it', { asset: null, gaps: [{ what: 'asset', why: '403' }] }, 'unreadable'],
  ['its container could not be read', { asset: ASSET, gaps: [{ what: 'container', why: '404' }] }, 'unreadable'],
  ['the vault gave no type', { asset: { ...ASSET, type: null } }, 'unreadable'],
  ['the vault gave no container', { asset: { ...ASSET, containerPath: null } }, 'unreadable'],
  ['the vault told of another asset', { asset: { ...ASSET, id: 'asset-8' } }, 'unreadable'],
  ['a gap about something else', { asset: ASSET, gaps: [{ what: 'times', why: 'x' }] }, 'unmapped'],
  ['it was read', { asset: ASSET }, 'unmapped'],
] as const)('When %s', (_what, part, kind) => {
  expect(of(part)).toBe(kind);
  expect(of(part, true), 'a row of the mapping fits').toBeNull();
});

test('A request about no asset has none that could be unknown', () => {
  expect(assetUnknown(dossierOf(request({ asset: null })), { assetKnown: false })).toBeNull();
});
