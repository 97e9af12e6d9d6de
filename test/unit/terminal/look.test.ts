import { expect, test } from 'vitest';
import { lookOf } from '../../../src/terminal/look.ts';

const shown = ({ colour, moving }: ReturnType<typeof lookOf>) => [
  colour ? 'coloured' : 'plain',
  moving ? 'moving' : 'still',
];

test.each([
  ['nothing said', {}, ['coloured', 'moving']],
  ['NO_COLOR', { NO_COLOR: '1' }, ['plain', 'moving']],
  ['NO_COLOR with any value', { NO_COLOR: 'false' }, ['plain', 'moving']],
  ['an empty NO_COLOR, which counts for nothing', { NO_COLOR: '' }, ['coloured', 'moving']],
  ['a dumb terminal', { TERM: 'dumb' }, ['plain', 'still']],
  ['another terminal', { TERM: 'xterm-256color' }, ['coloured', 'moving']],
  ['FORCE_COLOR against NO_COLOR', { FORCE_COLOR: '1', NO_COLOR: '1' }, ['coloured', 'moving']],
  ['FORCE_COLOR on a dumb terminal', { FORCE_COLOR: '1', TERM: 'dumb' }, ['coloured', 'still']],
  ['FORCE_COLOR that says no', { FORCE_COLOR: '0' }, ['plain', 'moving']],
])('A terminal with %s', (_what, env, expected) => {
  expect(shown(lookOf(env, true))).toEqual(expected);
});

test('What is no terminal gets neither colours nor anything that moves, whatever is set', () => {
  for (const env of [{}, { FORCE_COLOR: '1' }, { TERM: 'xterm' }]) {
    expect(lookOf(env, false)).toEqual({ readable: false, colour: false, moving: false });
  }
});
