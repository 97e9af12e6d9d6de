import type { Sight } from '../decide/sight.ts';
import type { Dossier } from '../domain/dossier.ts';
import type { Problem } from '../domain/run_record.ts';
import type { TicketSystem } from '../domain/ticket.ts';
import { sameAccount } from '../policy/people.ts';
import type { TicketParts } from '../tickets/step.ts';

type Parts = Omit<TicketParts, 'systems' | 'sameAccount'>;

/** Tickets as one run looks them up, behind enriching. Without a system nothing of it is loaded. */
export function ticketsOf(systems: readonly TicketSystem[], parts: Parts) {
  let problems: readonly Problem[] = [];
  return {
    enrich:
      <Given extends readonly unknown[]>(enrich: (...given: Given) => Promise<readonly Dossier[]>) =>
      async (...given: Given): Promise<readonly Dossier[]> => {
        const enriched = await enrich(...given);
        if (systems.length === 0) return enriched;
        const { withTickets } = await import('../tickets/step.ts');
        const { dossiers, problems: met } = await withTickets(enriched, { ...parts, systems, sameAccount });
        problems = met;
        return dossiers;
      },
    /** What could not be looked up is told where the assets are that could not be read. */
    sight: <Sights extends { seenOfAssets(dossiers: readonly Dossier[]): Promise<Sight> }>(sights: Sights): Sights => ({
      ...sights,
      async seenOfAssets(dossiers: readonly Dossier[]): Promise<Sight> {
        const sight = await sights.seenOfAssets(dossiers);
        return { ...sight, problems: [...sight.problems, ...problems] };
      },
    }),
  };
}
