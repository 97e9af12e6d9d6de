/** Loaded before everything else: puts the mutant that SIMULATION_MUTANT names into the program's own files. */
import { registerHooks } from 'node:module';
import { MUTANTS, type MutantName } from './mutants.ts';

const name = process.env.SIMULATION_MUTANT as MutantName;
if (!Object.hasOwn(MUTANTS, name)) throw new Error(`no mutant is called \`${name}\``);
const waiting = new Set(MUTANTS[name]);

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    let source: string | null = null;
    for (const edit of waiting) {
      if (!url.endsWith(`/${edit.file}`)) continue;
      source ??= `${loaded.source}`;
      if (!source.includes(edit.text)) throw new Error(`${edit.file} does not hold the text: ${edit.text}`);
      source = source.replaceAll(edit.text, () => edit.instead);
      waiting.delete(edit);
    }
    return source === null ? loaded : { ...loaded, source };
  },
});

process.on('exit', () => {
  if (waiting.size > 0) throw new Error(`never loaded: ${[...waiting].map(({ file }) => file).join(', ')}`);
});
