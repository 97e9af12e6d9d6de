/** How a simulator is to be set up; everything may be left out. */
import type { AllowanceSettings } from './model/allowance.ts';
import type { Model } from './model/model.ts';
import type { ServerName } from './model/servers.ts';
import type { KnobSettings } from './vault/knobs.ts';

/** The estates, and how many requests their vaults hold at start: a month of the usual one, three of the other. */
export const ESTATES = { usual: 240, other: 900 } as const;
export type EstateName = keyof typeof ESTATES;

export type SimulatorOptions = {
  /** Same seed and same time: same people, machines, requests, ids and secrets. */
  readonly seed?: number;
  /** Whose vault it is: `other` has another layout, other tags, words and operations. */
  readonly estate?: EstateName;
  /** How many requests the vault holds at start; as `ESTATES` says unless told. */
  readonly requests?: number;
  /** `none` starts with the machines but without any request. */
  readonly data?: 'realistic' | 'none';
  /** How many of the requests are broken records. */
  readonly malformed?: number;
  readonly now?: () => number;
  /** Fixed ports; one that is left out is chosen by the system. */
  readonly ports?: {
    readonly vault?: number;
    readonly model?: number;
    readonly signIn?: number;
    readonly graph?: number;
    readonly serviceNow?: number;
    readonly jira?: number;
  };
  readonly agentName?: string;
  /** False leaves `ousr` out of the token and sets AGENT_USERNAME instead. */
  readonly tokenNamesUser?: boolean;
  /** How long the token of the settings still holds; below 0 it has ended. 90 days unless told. */
  readonly tokenHours?: number;
  readonly vault?: KnobSettings;
  readonly model?: {
    readonly behaviour?: Model['behaviour'];
    readonly delayMs?: number;
    readonly allowance?: AllowanceSettings;
    /** The server that it behaves like. */
    readonly like?: ServerName;
  };
  /** Lifetime of sign-in tokens. */
  readonly tokenSeconds?: number;
  /** Application permissions of the mail app, as its tokens say them. */
  readonly graphRoles?: readonly string[];
};

export const DEFAULTS = {
  seed: 12,
  estate: 'usual',
  data: 'realistic',
  malformed: 2,
  now: () => Date.now(),
  ports: {},
  agentName: 'svc-portcullis',
  tokenNamesUser: true,
  tokenHours: 90 * 24,
  vault: {},
  model: {},
  tokenSeconds: 3600,
  graphRoles: ['Mail.Send'],
} as const satisfies Omit<SimulatorOptions, 'requests'>;
