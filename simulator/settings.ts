/** The environment settings that point Portcullis at a running simulator. */
import { MODEL_NAME } from './model/model.ts';
import type { Company } from './seed/company.ts';
import { VAULT_BASE } from './vault/guard.ts';

export type Origins = {
  readonly vault: string;
  readonly model: string;
  readonly signIn: string;
  readonly graph: string;
  readonly serviceNow: string;
  readonly jira: string;
};

export type SettingsSource = {
  readonly origins: Origins;
  readonly token: string;
  /** Left out where no certificate is shown. */
  readonly caFile: string | undefined;
  readonly estate: Company;
  readonly tenantId: string;
  readonly clientId: string;
  /** Set only when the token does not name its user. */
  readonly agentName: string | undefined;
};

export function settingsFor(source: SettingsSource): Record<string, string> {
  const { origins, caFile, estate } = source;
  const trusting = (name: string) => (caFile === undefined ? {} : { [name]: caFile });
  return {
    VAULT_URL: origins.vault + VAULT_BASE,
    VAULT_API_TOKEN: source.token,
    ...trusting('VAULT_CA_FILE'),
    ...(source.agentName !== undefined && { AGENT_USERNAME: source.agentName }),
    OPENAI_ASSET_ID: estate.openaiKey.id,
    OPENAI_BASE_URL: `${origins.model}/v1`,
    OPENAI_MODEL: MODEL_NAME,
    ...trusting('OPENAI_CA_FILE'),
    ALERT_TENANT_ID: source.tenantId,
    ALERT_CLIENT_ID: source.clientId,
    ALERT_SECRET_ASSET_ID: estate.graphSecret.id,
    ALERT_SENDER_EMAIL: estate.mail.sender,
    ALERT_RECIPIENT_EMAILS: estate.mail.recipients.join(','),
    ALERT_AUTHORITY_HOST: origins.signIn,
    GRAPH_BASE_URL: origins.graph,
    ...trusting('ALERT_CA_FILE'),
  };
}
