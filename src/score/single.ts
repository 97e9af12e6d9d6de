import type { Scored } from '../domain/assessment.ts';
import type { Considered } from '../domain/confirmation.ts';
import { type BatchResult, scoreBatch } from './batch.ts';
import type { ModelClient } from './client/model_client.ts';
import type { Outage } from './client/outage.ts';
import { type Context, type Slotted, singleMessage, slotName, type TreatedText } from './payload.ts';
import { type Prompts, systemOf } from './prompts.ts';
import { neutral } from './redact.ts';

export type SingleDesk = {
  readonly model: ModelClient;
  readonly prompts: Prompts;
  readonly screened: ReadonlyMap<string, TreatedText> | undefined;
  readonly outage: Outage;
  readonly signal: AbortSignal;
  readonly context: Context;
};

/** A question about one request with its text, and nothing of any other. */
export async function singleBatch<Item extends Considered>(
  item: Item,
  { prompts, screened, context, ...desk }: SingleDesk,
): Promise<BatchResult<Item>> {
  const system = systemOf(prompts, 'single');
  const fit = (assessment: Scored, asked: readonly Slotted[]) => neutral(assessment, asked, system);
  const one = { ...item, slot: slotName(0), texts: screened?.get(item.dossier.request.id) };
  const result = await scoreBatch([one], {
    ...desk,
    kind: 'single',
    system,
    write: () => singleMessage(one, context),
    fit,
  });
  const of = <T>(answers: ReadonlyMap<unknown, T>): Map<Item, T> =>
    new Map([...answers.values()].map((answer) => [item, answer]));
  return { ...result, scored: of(result.scored), failures: of(result.failures) };
}
