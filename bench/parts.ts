import { markdownTable } from 'markdown-table';
import type { Benchmark } from './benchmark.ts';
import { cliStart } from './cli_start.ts';
import { deciding } from './decide.ts';
import { readingLedger } from './reading_ledger.ts';
import { rendering } from './rendering.ts';
import { simulatedMonth } from './simulated_month.ts';

export const parts: Benchmark = {
  about: 'deciding, writing the report, reading the ledger, starting the program',
  async run({ extent, say }) {
    say('parts: starting the program');
    const start = cliStart();
    say('parts: a month of requests');
    const month = await simulatedMonth();
    say('parts: deciding');
    const decided = await deciding(month.reviewed);
    say('parts: writing the report');
    const rendered = await rendering(month);
    if (extent !== 'quick') say('parts: reading the ledger');
    const kept = extent === 'quick' ? null : readingLedger();
    const text = [
      decided.text,
      markdownTable(
        [
          ['report and JSON twin', 'median ms', 'processor ms', 'processor µs per request', 'bytes per request'],
          ...rendered.map(({ requests, ms, cpuMs, cpuUsEach, bytesEach }) => [
            `${requests} requests`,
            ...[ms, cpuMs, cpuUsEach, bytesEach].map((value) => value.toFixed(0)),
          ]),
        ],
        { align: [...'lrrrr'] },
      ),
      ...(kept === null ? [] : [kept.text]),
      `\`--help\`: ${start.helpMs.toFixed(0)} ms, ${start.timesBare.toFixed(2)} times a bare Node (${start.bareMs.toFixed(0)} ms), ` +
        `median of ${start.rounds}; the goal is below ${start.goalMs} ms.`,
    ];
    return {
      figures: { deciding: decided.figures, rendering: rendered, ledger: kept?.figures ?? null, start },
      text: text.join('\n\n'),
    };
  },
};
