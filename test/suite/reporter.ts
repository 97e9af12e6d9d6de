/** The last lines of a run of the tests: where the time went, and how many passed. */
import { relative } from 'node:path';
import type { Reporter, TestModule, Vitest } from 'vitest/node';

type Timed = { readonly file: string; readonly kind: string; readonly seconds: number };

const SLOWEST = 10;

export default class Times implements Reporter {
  #root = '';
  #workers = 1;

  onInit({ config }: Vitest): void {
    this.#root = config.root;
    this.#workers = Number(config.maxWorkers);
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const files = modules.map((module) => this.#timed(module));
    const cases = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => cases.filter((one) => one.result().state === state).length;
    const broken = modules.filter((module) => module.errors().length > 0).length;
    const lines = [
      ...(files.length > 1 ? this.#table(files) : []),
      `${count('passed')} passed, ${count('failed') + broken} failed, ${count('skipped')} skipped`,
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  }

  #table(files: readonly Timed[]): string[] {
    const kinds = [...new Set(files.map(({ kind }) => kind))];
    const rows = kinds.map((kind) => {
      const own = files.filter((one) => one.kind === kind);
      return { words: `${kind}, ${own.length} files`, seconds: own.reduce((sum, { seconds }) => sum + seconds, 0) };
    });
    const slowest = [...files].sort((a, b) => b.seconds - a.seconds).slice(0, SLOWEST);
    return [
      `Seconds in tests by kind (${this.#workers} files at a time):`,
      ...rows.sort((a, b) => b.seconds - a.seconds).map(({ words, seconds }) => lineOf(seconds, words)),
      'The slowest files:',
      ...slowest.map(({ file, seconds }) => lineOf(seconds, file)),
    ];
  }

  #timed(module: TestModule): Timed {
    const file = relative(this.#root, module.moduleId);
    const { setupDuration, collectDuration, duration } = module.diagnostic();
    return { file, kind: file.split('/')[1] ?? file, seconds: (setupDuration + collectDuration + duration) / 1000 };
  }
}

const lineOf = (seconds: number, words: string): string => `${seconds.toFixed(1).padStart(8)}  ${words}`;
