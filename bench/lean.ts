/** A vault and a model of the fewest lines, and the simulator's mailbox, in a process of their own. Started by `growth`. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { makeCertificates } from '../simulator/certificates.ts';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { leanModel } from './lean/model.ts';
import { leanVault } from './lean/vault.ts';
import { makeWindow } from './lean/window.ts';
import { serve } from './stage/remote.ts';

const BASE = '/ztna/demo';

let simulator: Simulator | null = null;

export const lean = {
  /** Gives the settings that point the program here. */
  async start({ requests }: { requests: number }): Promise<Record<string, string>> {
    // For sign-in and mail, and for a token of the right form.
    simulator = await startSimulator({ data: 'none' });
    const { OPENAI_ASSET_ID: _, ALERT_SECRET_ASSET_ID: mailSecret = '', ...settings } = simulator.settings;
    const certificates = await makeCertificates();
    // In the simulator's own folder, which goes when it is closed.
    const caFile = join(dirname(simulator.caFile), 'lean-ca.pem');
    writeFileSync(caFile, certificates.caPem);
    const listen = async (listener: RequestListener) => {
      const server = createServer({ key: certificates.keyPem, cert: certificates.certPem }, listener);
      await once(server.listen(0, '127.0.0.1'), 'listening');
      return `https://localhost:${(server.address() as AddressInfo).port}`;
    };
    return {
      ...settings,
      VAULT_URL: (await listen(leanVault(makeWindow(requests, Date.now()), BASE))) + BASE,
      VAULT_CA_FILE: caFile,
      OPENAI_BASE_URL: `${await listen(leanModel)}/v1`,
      OPENAI_CA_FILE: caFile,
      // No credential is asked for: the vault of this stage has none.
      OPENAI_API_KEY: 'sk-bench',
      ALERT_CLIENT_SECRET: simulator.vault.asset(mailSecret)?.credential?.password ?? '',
    };
  },
};
export type Lean = typeof lean;

serve(lean, async () => simulator?.close());
