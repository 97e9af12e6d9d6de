import { folded } from '../../text/look_alikes.ts';
import type { View } from './view.ts';
import { capped } from './view.ts';

/* How much a text says: nothing, too much, or the same over and over. */

/** Words that say nothing, alone or together: what people type to get past a mandatory field. */
const EMPTY_WORDS: ReadonlySet<string> = new Set(
  `a an the and or for to of in on it is as at by my our your this that i we me us you with just some any please pls plz thanks thx
  hi hello test testing tests tst asdf asd asdfgh qwerty qwertz qwe abc xyz xxx foo bar foobar lorem ipsum dolor blah bla blabla na n a none nil null nothing no yes ok okay
  k tbd tba todo wip fixme unknown undefined empty blank various misc other general reason reasons justification purpose description comment
  text need needs needed want require required requires request requested requesting access login logon log session connect
  connection rdp ssh admin root server system work working job task tasks stuff thing things do doing it same above before usual
  see ticket asap urgent urgently important now today quick quickly
  because have has must should can could get give be am are was zugriff zugang bitte brauche benotige ich arbeit aucun rien acces travail nada
  acceso trabajo prueba niente accesso lavoro nessuno dostep praca brak доступ работа нужно надо нет тест prova essai`.split(
    /\s+/,
  ),
);

/** Whether the text gives no reason at all: nothing, signs, a placeholder, or words that fit under any request. */
export function contentFree({ line }: View): string[] {
  if (line === '') return ['gives no reason'];
  const words = line.toLowerCase().match(/[\p{L}\p{M}]+|\p{N}+/gu) ?? [];
  // A number of some length may be the ticket that says it all.
  if (words.some((word) => /\p{N}{4}/u.test(word))) return [];
  const says = (word: string) => !EMPTY_WORDS.has(word) && !EMPTY_WORDS.has(folded(word)) && !isKeyboardNoise(word);
  return words.some(says) ? [] : ['says nothing about the reason'];
}

/** A number by itself, one letter, a pattern over and over, or a run along one row of the keyboard. */
function isKeyboardNoise(word: string): boolean {
  if (/^\p{N}|^[a-z]$|^(.)\1*$|^(.{2,4})\2+$/u.test(word)) return true;
  return word.length >= 3 && KEYBOARD_ROWS.some((row) => row.includes(word));
}
const KEYBOARD_ROWS: readonly string[] = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'qwertzuiop', 'yxcvbnm', 'azertyuiop'];

/** More lines than any reason needs: what is pasted below them is meant to be overlooked. */
const LINE_COUNT = 25;

/** More than what is read, or so many lines that a reader loses what stands between them. */
export function tooLong({ lines, line }: View): string[] {
  const count = lines.split('\n').length;
  return [
    ...(capped(line).length < line.length ? ['is longer than what is read of it'] : []),
    ...(count > LINE_COUNT ? [`has ${count} lines`] : []),
  ];
}

const SHINGLE = 12;
const ENOUGH_TO_TELL = 200;
/** Honest prose of that length repeats hardly anything; pasted log lines share their beginnings. */
const DISTINCT_SHARE = 0.6;

/** The same words over and over, which hides what stands between them. */
export function repetition({ line }: View): string[] {
  const again = /(?<![\p{L}\p{N}])(\p{L}{2,20})(?:[^\p{L}\p{N}]{1,3}\1(?![\p{L}\p{N}])){4}/iu.test(line);
  const run = /([^\s\d*x._=~#-])\1{19}/iu.test(line);
  return again || run || repeats(line) ? ['says the same over and over'] : [];
}

function repeats(line: string): boolean {
  if (line.length < ENOUGH_TO_TELL) return false;
  const total = line.length - SHINGLE + 1;
  const shingles = new Set(Array.from({ length: total }, (_, start) => line.slice(start, start + SHINGLE)));
  return shingles.size / total < DISTINCT_SHARE;
}
