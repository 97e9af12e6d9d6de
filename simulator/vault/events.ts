/** Hooks which run right before the server works out an answer: arrivals between pages, withdrawals before an action. */
import type { VaultOperation } from './knobs.ts';

/** `n` counts the calls of this operation from 1; `id` is the request or asset in the path, else an empty text. */
export type Hook<Subject> = (n: number, subject: Subject, id: string) => void;

export type Hooks<Subject> = {
  /** Returns the way to take the hook off again. */
  on(operation: VaultOperation, hook: Hook<Subject>): () => void;
  fire(operation: VaultOperation, subject: Subject, id: string): void;
};

export function makeHooks<Subject>(): Hooks<Subject> {
  const hooks = new Set<{ operation: VaultOperation; hook: Hook<Subject> }>();
  const counts = new Map<VaultOperation, number>();
  return {
    on(operation, hook) {
      const row = { operation, hook };
      hooks.add(row);
      return () => void hooks.delete(row);
    },
    fire(operation, subject, id) {
      const n = (counts.get(operation) ?? 0) + 1;
      counts.set(operation, n);
      for (const row of [...hooks]) if (row.operation === operation) row.hook(n, subject, id);
    },
  };
}
