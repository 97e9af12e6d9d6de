/**
 * The vendor's guide, implemented plainly: one call after the other, pages one after the other, assets looked up one by one,
 * questions of 25, what the status allows and nothing else in the way, one report, one mail. It has no gate, no ledger and no
 * memory but `actioned_ids`. It shares no code with the program that it is compared with, and it is not made slow or
 * wordy on purpose. Started as a process of its own by `bench/recipe.ts`, with the settings of that program.
 */
import { act, readActionedIds, writeActionedIds } from './act.ts';
import { assess } from './assess.ts';
import { enrich, lookUp } from './enrich.ts';
import { sendMail } from './mail.ts';
import { report } from './report.ts';
import { openVault } from './vault.ts';

const now = Date.now();
const vault = await openVault();
const key = await vault.secret(process.env.OPENAI_ASSET_ID ?? '');
const before = readActionedIds();

const requests = await vault.list(now - 30 * 86_400_000);
const facts = enrich(requests, vault.user, now);
if (process.env.DEEP_ANALYSIS === 'true') await lookUp(vault, facts);
const assessed = await assess(facts, key, vault.user);
const done = await act(vault, assessed, new Set(before));
writeActionedIds(now, [...before, ...done.filter(({ ok }) => ok).map(({ id }) => id)]);
report(now, assessed, done);
await sendMail(await vault.secret(process.env.ALERT_SECRET_ASSET_ID ?? ''), assessed, done);
