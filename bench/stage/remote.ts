/** Functions of another process, so that what stands around the measured program costs it neither time nor memory. */
import { fork } from 'node:child_process';
import { once } from 'node:events';

type Functions = Readonly<Record<string, (argument: never) => unknown>>;
type Question = { readonly n: number; readonly name: string; readonly argument: unknown };
type Answer = { readonly n: number; readonly value?: unknown; readonly error?: string };

/** The other end of `openRemote`: answers until the parent goes away, and clears up after itself. */
export function serve(functions: Functions, clearUp: () => Promise<void>): void {
  process.on('message', async ({ n, name, argument }: Question) => {
    const reply = (answer: Answer) => void process.send?.(answer);
    try {
      const asked = functions[name];
      if (asked === undefined) throw new Error(`there is no \`${name}\``);
      reply({ n, value: await asked(argument as never) });
    } catch (error) {
      reply({ n, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
  process.on('disconnect', () => void clearUp().finally(() => process.exit()));
}

export type Remote<Served extends Functions> = AsyncDisposable & {
  call<Name extends keyof Served & string>(
    name: Name,
    ...argument: Parameters<Served[Name]>
  ): Promise<Awaited<ReturnType<Served[Name]>>>;
};

export function openRemote<Served extends Functions>(file: string): Remote<Served> {
  const child = fork(file, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let asked = 0;
  child.on('message', ({ n, value, error }: Answer) => {
    const one = waiting.get(n);
    waiting.delete(n);
    if (error === undefined) one?.resolve(value);
    else one?.reject(new Error(error));
  });
  const ended = once(child, 'exit').then(() => {
    for (const one of waiting.values()) one.reject(new Error(`\`${file}\` ended by itself`));
    waiting.clear();
  });
  return {
    call(name, ...[argument]) {
      const answer = Promise.withResolvers<never>();
      asked += 1;
      waiting.set(asked, answer as unknown as PromiseWithResolvers<unknown>);
      child.send({ n: asked, name, argument });
      return answer.promise;
    },
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
