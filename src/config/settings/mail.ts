import * as kind from '../kinds.ts';
import type { Settings } from '../setting.ts';

/** When a mail is sent, to whom, and through what. */
export const MAIL = {
  ALERT_ON_RUN_SUMMARY: {
    schema: kind.flag,
    fallback: 'true',
    about:
      'Mail after every run, also one with nothing to tell, with the section of what is to be done. `false`: only when one of the next two has something to say, or a run acted, had problems, broke off, met a limit of its cost or is halted. With all three `false` no run is mailed.',
  },
  ALERT_ON_HIGH_RISK: {
    schema: kind.flag,
    fallback: 'true',
    about: 'Mail when a request is rated high or critical; the section of these requests is in every mail.',
  },
  ALERT_ON_ANOMALY: {
    schema: kind.flag,
    fallback: 'true',
    about: 'Mail when the model flagged an anomaly; the section of anomalies is in every mail.',
  },
  ALERT_TENANT_ID: {
    schema: kind.text.optional(),
    about: 'Microsoft Entra tenant.',
  },
  ALERT_CLIENT_ID: {
    schema: kind.text.optional(),
    about: 'App registration with the permission `Mail.Send`.',
  },
  ALERT_SECRET_ASSET_ID: {
    schema: kind.text.optional(),
    about: 'Vault asset that holds the client secret.',
  },
  ALERT_CLIENT_SECRET: {
    schema: kind.text.optional(),
    secret: true,
    about: 'The secret itself, for trials. Used only when no asset id is set.',
  },
  ALERT_SENDER_EMAIL: {
    schema: kind.email.optional(),
    about: 'Mailbox the mail is sent from.',
  },
  ALERT_RECIPIENT_EMAILS: {
    schema: kind.list(kind.email).optional(),
    about: 'Who gets it, separated by commas.',
  },
  ALERT_MAIL_FORMAT: {
    schema: kind.oneOf(['html', 'mime']),
    fallback: 'html',
    about:
      'How it is handed to Graph: `html` as JSON, or `mime` with a plain-text part; Graph keeps a copy of the latter in Sent Items.',
  },
  ALERT_AUTHORITY_HOST: {
    schema: kind.httpsUrl,
    fallback: 'https://login.microsoftonline.com',
    about: 'Sign-in address; differs in national clouds.',
  },
  GRAPH_BASE_URL: {
    schema: kind.httpsUrl,
    fallback: 'https://graph.microsoft.com',
    about: 'Graph address; differs in national clouds.',
  },
  ALERT_CA_FILE: {
    schema: kind.text.optional(),
    about: 'PEM file of a private certificate authority to trust for sign-in and Graph.',
  },
  ALERT_PROXY: {
    schema: kind.proxyUrl.optional(),
    secret: true,
    about: 'Proxy for sign-in and Graph, in the same way.',
  },
  ALERT_TIMEOUT_SECONDS: {
    schema: kind.seconds(0.1, 600),
    fallback: '30',
    about: 'Longest wait for one answer of sign-in or Graph.',
  },
} as const satisfies Settings;
