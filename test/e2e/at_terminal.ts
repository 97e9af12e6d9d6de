/** The program on a real terminal: a pseudo-terminal made by util-linux `script`. */
import { spawn, spawnSync } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { listenTo, openPlace, type Place, ROOT, until } from './place.ts';
import { byTag } from './tagged_model.ts';

export const tagged = { model: { behaviour: byTag } };
const TERMINAL_MAKER = 'script';
export const hasScript = spawnSync(TERMINAL_MAKER, ['--version']).status === 0;

/** Starts the program on a terminal. `type` is what the person types. */
export function atTerminal(place: Place, args: readonly string[], more: Record<string, string> = {}) {
  const command = [process.execPath, `${ROOT}/bin/portcullis.js`, ...args].map((part) => `'${part}'`).join(' ');
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: place.home,
    TERM: 'xterm',
    ...place.settings,
    AUTONOMOUS_MODE: 'false',
    ...more,
  };
  const child = spawn(TERMINAL_MAKER, ['-qfec', command, '/dev/null'], {
    cwd: place.home,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const started = listenTo(child);
  const screen = () => stripVTControlCharacters(started.stdout());
  return {
    ...started,
    screen,
    type: (text: string) => void child.stdin?.write(text),
    hangUp: () => void child.stdin?.end(),
    /** Until the n-th question stands there. */
    asked: (n: number, choice = '[y/N/s/q/?]') =>
      until(
        () => screen().split(choice).length > n,
        () => `question ${n} in:\n${screen()}`,
      ),
  };
}

/** Three requests that are approved, the newest one last. */
export async function withThree(run: (place: Place) => Promise<void>): Promise<void> {
  await using place = await openPlace(tagged);
  for (const n of [3, 2, 1]) place.request(`low ${n}`, 'low', { created: place.now() - n * 60_000 });
  await run(place);
}
