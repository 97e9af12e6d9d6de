/** The vault itself: what it holds, what other people do in it, and the switches. The HTTP side is in `routes.ts`. */
import { idFor, secretFor } from '../identity.ts';
import { type Hook, type Hooks, makeHooks } from './events.ts';
import { DEFAULT_KNOBS, type KnobSettings, type VaultKnobs, type VaultOperation } from './knobs.ts';
import { type Change, change } from './lifecycle.ts';
import type { Approval, Credential, Form, Person, VaultAsset, VaultRequest } from './records.ts';
import { completeRequest } from './request_defaults.ts';
import { type Claims, readToken, signToken } from './token.ts';

const DAY_SECONDS = 86_400;

export type VaultSettings = {
  readonly now: () => number;
  readonly seed: number;
  readonly knobs: KnobSettings;
  /** The agent's account: the token's `ousr`. */
  readonly agent: Person;
  /** A token without `ousr` makes AGENT_USERNAME necessary. */
  readonly tokenNamesUser: boolean;
  readonly tokenHours: number;
  readonly assets: readonly VaultAsset[];
  /** The form under which credential requests are filed. */
  readonly keyForm: Form;
  /** What `add` falls back to. */
  readonly usual: { readonly assetId: string; readonly requestor: Person; readonly form: Form };
};

export class Vault {
  /** May be changed at any time; the next answer follows it. */
  readonly knobs: VaultKnobs;
  readonly token: string;
  readonly agent: Person;
  readonly keyForm: Form;
  readonly #settings: VaultSettings;
  readonly #key: string;
  readonly #requests = new Map<string, VaultRequest>();
  readonly #assets = new Map<string, VaultAsset>();
  readonly #hooks: Hooks<Vault> = makeHooks();
  #added = 0;

  constructor(settings: VaultSettings) {
    this.#settings = settings;
    this.#key = secretFor('', settings.seed, 'vault token key');
    this.agent = settings.agent;
    this.keyForm = settings.keyForm;
    const names = { ...DEFAULT_KNOBS.names, ...settings.knobs.names };
    this.knobs = { ...structuredClone(DEFAULT_KNOBS), ...settings.knobs, names };
    const expires = settings.now() + settings.tokenHours * 3_600_000;
    this.token = this.issueToken({ expires, ...(!settings.tokenNamesUser && { user: null }) });
    for (const asset of settings.assets) this.#assets.set(asset.id, asset);
  }

  /** Adds a request as if somebody had just filed it. What is left out is a harmless active request one hour old. */
  add(partial: Partial<VaultRequest> = {}): VaultRequest {
    this.#added += 1;
    const { now, seed, usual } = this.#settings;
    const asset = this.asset(partial.entityId ?? usual.assetId) ?? this.#must(usual.assetId);
    const id = idFor(seed, 'added', this.#added);
    const request = completeRequest(partial, { id, now: now(), asset, requestor: usual.requestor, form: usual.form });
    this.#requests.set(request.id, request);
    return request;
  }

  /** Adds an asset; without `parent` it lies beside the usual test asset. */
  addAsset(partial: Partial<VaultAsset> & { readonly name: string }): VaultAsset {
    const usual = this.#must(this.#settings.usual.assetId);
    const asset = { ...usual, id: idFor(this.#settings.seed, 'asset', partial.name), ...partial };
    this.#assets.set(asset.id, asset);
    return asset;
  }

  get(id: string): VaultRequest | undefined {
    return this.#requests.get(id);
  }

  all(): VaultRequest[] {
    return [...this.#requests.values()];
  }

  asset(id: string): VaultAsset | undefined {
    return this.#assets.get(id);
  }

  assets(): VaultAsset[] {
    return [...this.#assets.values()];
  }

  /** Runs before the n-th answer of an operation is worked out. Returns the way to take the hook off. */
  on(operation: VaultOperation, hook: Hook<Vault>): () => void {
    return this.#hooks.on(operation, hook);
  }

  /** For the routes: runs the hooks of an operation. */
  fire(operation: VaultOperation, id = ''): void {
    this.#hooks.fire(operation, this, id);
  }

  /** The requestor takes an active request back. */
  withdraw(id: string): VaultRequest {
    return this.#scripted(id, 'withdraw', '', '');
  }

  /** An approved request's window runs out. */
  end(id: string): VaultRequest {
    return this.#scripted(id, 'end', '', '');
  }

  /** A person approves one level. */
  approveAs(user: string, id: string, message = 'ok'): VaultRequest {
    return this.#scripted(id, 'approve', user, message);
  }

  /** A person rejects. */
  rejectAs(user: string, id: string, message = 'no'): VaultRequest {
    return this.#scripted(id, 'reject', user, message);
  }

  /** Changes a request under everybody's hands, past all rules: an edit after scoring, a status nobody knows. */
  edit(id: string, patch: Partial<VaultRequest>): VaultRequest {
    const request = this.#requests.get(id);
    if (!request) throw new Error(`the simulated vault has no request \`${id}\``);
    return this.replace({ ...request, ...patch });
  }

  /** Somebody moves, tags or renames an asset. */
  editAsset(id: string, patch: Partial<VaultAsset>): VaultAsset {
    const asset = { ...this.#must(id), ...patch };
    this.#assets.set(id, asset);
    return asset;
  }

  /** Writes a decision into the list without doing anything else: some vaults keep a refused request open. */
  record(id: string, row: Approval): VaultRequest {
    return this.edit(id, { approvals: [...(this.get(id)?.approvals ?? []), row] });
  }

  remove(id: string): void {
    this.#requests.delete(id);
  }

  /** For the routes: puts the new form of a request in the place of the old. */
  replace(request: VaultRequest): VaultRequest {
    this.#requests.set(request.id, request);
    return request;
  }

  /** Another token: for another user (null: names none), or with an end in epoch milliseconds. */
  issueToken({ user, expires }: { user?: string | null; expires?: number } = {}): string {
    const now = Math.floor(this.#settings.now() / 1000);
    const exp = expires === undefined ? now + 90 * DAY_SECONDS : Math.floor(expires / 1000);
    // One that ends soon was issued long ago.
    const iat = Math.min(now, exp - 90 * DAY_SECONDS);
    const jti = secretFor('', this.#settings.seed, 'token');
    const claims: Claims = { iss: 'https://localhost/ztna/demo', sub: this.agent.id, iat, exp, jti };
    const name = user === undefined ? this.agent.name : user;
    return signToken(name === null ? claims : { ...claims, ousr: name }, this.#key);
  }

  /** For the routes: who this authorization header belongs to, if it is good. */
  userOf(authorization: string | undefined): string | undefined {
    if (this.knobs.tokenRevoked) return undefined;
    const claims = readToken(authorization, this.#key, this.#settings.now());
    return claims && (claims.ousr ?? this.agent.name);
  }

  /** Replaces what an asset gives out, as a rotation of the secret does. */
  setCredential(assetId: string, credential: Credential | null): void {
    this.#assets.set(assetId, { ...this.#must(assetId), credential });
  }

  #scripted(id: string, what: Change, user: string, message: string): VaultRequest {
    const request = this.#requests.get(id);
    if (!request) throw new Error(`the simulated vault has no request \`${id}\``);
    const result = change(request, what, { user, message, at: this.#settings.now() });
    if (result.kind === 'refused') throw new Error(`cannot ${what} a request that is ${request.status}`);
    return this.replace(result.request);
  }

  #must(id: string): VaultAsset {
    const asset = this.#assets.get(id);
    if (!asset) throw new Error(`the simulated vault has no asset \`${id}\``);
    return asset;
  }
}
