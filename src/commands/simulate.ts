import { once } from 'node:events';
import { startSimulator } from '../../simulator/simulator.ts';
import { onStopSignals } from '../daemon/signals.ts';
import { say, tell } from '../terminal/say.ts';

/** `portcullis simulate`: serves until it is stopped. The settings go to stdout in the form of a `.env` file. */
export async function simulateCommand({ requests, seed }: { requests: number; seed: number }): Promise<number> {
  // Before anything is started, so that a signal at any moment leaves no certificates behind.
  const stop = onStopSignals(() => {});
  const simulator = await startSimulator({ requests, seed });
  say(
    `${Object.entries(simulator.settings)
      .map(([name, value]) => `${name}=${value}`)
      .join('\n')}\n`,
  );
  tell('vault, model and mailbox are up on this machine; stop them with Ctrl-C\n');
  if (!stop.signal.aborted) await once(stop.signal, 'abort');
  await simulator.close();
  return 0;
}
