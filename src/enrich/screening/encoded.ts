import { decodedRuns, readsAsWords, reversed, rot13, unescaped } from './decode.ts';
import { steers } from './lexical.ts';
import { folded } from './look_alikes.ts';
import type { View } from './view.ts';

/** Encodings are undone again and again this often. */
const DEPTH = 2;

/** Words that only appear once an encoding is undone. What they say does not matter: an honest reason is not encoded. */
export function encoded({ lines, line }: View): string[] {
  let layer = [lines];
  for (let depth = 1; depth <= DEPTH; depth += 1) {
    layer = layer.flatMap(decodedRuns);
    if (layer.some(readsAsWords)) return ['holds words in an encoding'];
  }
  const turned = [rot13(line), reversed(line), unescaped(line)].filter((text) => text !== line);
  return turned.some((text) => steers(folded(text)))
    ? ['holds an instruction with its letters shifted, turned or escaped']
    : [];
}
