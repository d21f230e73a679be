import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort, repository } from './places.js';
import { startProcess, type TestProcess } from './process.js';

const SCRIPT = path.join(repository, 'libs', 'testing', 'identity-provider.mjs');
const SECRET = 'a secret for tests only, long enough for anyone';

/** A signing key of the provider. A test holds it too, to make tokens that only a thief of the key could make. */
export interface ProviderKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export function providerKey(kid: string): ProviderKey {
  return { kid, ...generateKeyPairSync('rsa', { modulusLength: 2048 }) };
}

export interface OidcProviderOptions {
  /** A folder of the test for the settings of the process. */
  readonly folder: string;
  readonly redirectUri: string;
  /** For whom tokens of services are made. */
  readonly audience: string;
  /** Claims by the name that is typed at sign-in, and by client for the services. */
  readonly people: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A real provider in a process of its own, which a test may stop and start again with other keys at the same issuer. */
export class OidcProviderProcess {
  static readonly clientId = 'chakong';
  static readonly clientSecret = SECRET;
  /** A client that gets tokens for itself. */
  static readonly serviceId = 'court-feed';
  private process: TestProcess | undefined;

  private constructor(
    readonly issuer: string,
    private readonly options: OidcProviderOptions,
  ) {}

  /** Takes a port; nothing listens on it before `start`. */
  static async at(options: OidcProviderOptions): Promise<OidcProviderProcess> {
    return new OidcProviderProcess(`http://127.0.0.1:${await freePort()}`, options);
  }

  /** @param keys the first one signs */
  async start(keys: readonly ProviderKey[]): Promise<void> {
    const { folder, redirectUri, people, audience } = this.options;
    const settings = path.join(folder, 'oidc-provider.json');
    const jwks = keys.map(({ kid, privateKey }) => ({ ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' }));
    const clients = [
      { client_id: OidcProviderProcess.clientId, client_secret: SECRET, redirect_uris: [redirectUri] },
      {
        client_id: OidcProviderProcess.serviceId,
        client_secret: SECRET,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
      },
    ];
    await writeFile(settings, JSON.stringify({ issuer: this.issuer, keys: jwks, clients, people, audience }), { mode: 0o600 });
    this.process = startProcess(SCRIPT, [settings]);
    await this.process.waitForLine(/provider listens/);
  }

  async stop(): Promise<void> {
    await this.process?.stop();
    this.process = undefined;
  }

  /** A token that the provider makes for a service, for one audience. */
  async serviceToken(resource: string): Promise<string> {
    const credentials = Buffer.from(`${OidcProviderProcess.serviceId}:${encodeURIComponent(SECRET)}`).toString('base64');
    const response = await fetch(`${this.issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${credentials}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource }),
    });
    const { access_token: token } = (await response.json()) as { access_token?: string };
    if (token === undefined) throw new Error(`the provider made no token: ${response.status}`);
    return token;
  }
}
