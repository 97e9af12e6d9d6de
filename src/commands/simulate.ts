import { onStopSignals } from '../daemon/signals.ts';
import { startSimulator } from '../simulator/simulator.ts';

/** `portcullis simulate`: serves until it is stopped. The settings go to stdout in the form of a `.env` file. */
export async function simulateCommand({ requests, seed }: { requests: number; seed: number }): Promise<number> {
  const simulator = await startSimulator({ requests, seed });
  const stop = onStopSignals(() => {});
  process.stdout.write(
    `${Object.entries(simulator.settings)
      .map(([name, value]) => `${name}=${value}`)
      .join('\n')}\n`,
  );
  process.stderr.write('vault, model and mailbox are up on this machine; stop them with Ctrl-C\n');
  await new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve(), { once: true }));
  await simulator.close();
  return 0;
}
