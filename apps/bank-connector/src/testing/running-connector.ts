import type { Principal, Role } from '#access';
import { createHttpServer } from '#http';
import { newId, silentLog, systemEntropy, type Clock, type Log, type RealTime } from '#kernel';
import { BankConnectorModule } from '../bank-connector.module.js';
import type { HostedBank } from '../connector-parts.js';
import { WITH_PAPERS, type OrderRow } from '../adapters/store/order-rows.js';
import { makeRig, type Rig } from './rig.js';
import { prepareCase } from './sample-orders.js';

/** A connector that serves HTTP on a port of its own, with its rig. */
export interface RunningConnector {
  readonly rig: Rig;
  readonly address: string;
  /** Digest of the sample document. */
  readonly digest: string;
  row(bank: string, orderNumber: string): Promise<OrderRow>;
  token(username: string, roles: readonly Role[], bank?: string): Promise<string>;
  /** A call with a fresh idempotency key, unless one is given. */
  call(method: string, path: string, options?: CallOptions): Promise<{ status: number; body: Record<string, unknown>; replayed: boolean }>;
  close(): Promise<void>;
}

export interface CallOptions {
  readonly token?: string;
  readonly basic?: string;
  readonly body?: unknown;
  readonly key?: string;
  /** Sent as it is, with this content type. */
  readonly raw?: { readonly type: string; readonly bytes: Buffer };
}

export async function runConnector(
  folder: string,
  clock: Clock & RealTime,
  banks: readonly Omit<HostedBank, 'database'>[],
  log: Log = silentLog,
): Promise<RunningConnector> {
  const rig = await makeRig({ folder, clock, log, banks });
  const digest = await prepareCase(rig);
  const app = await createHttpServer(BankConnectorModule.forRoot(rig.parts), log);
  await app.listen(0, '127.0.0.1');
  const address = await app.getUrl();
  return {
    rig,
    address,
    digest,
    row: async (bank, orderNumber) => {
      const found = await rig.database(bank).reader.one<OrderRow>(`SELECT * FROM ${WITH_PAPERS} WHERE order_number = ?`, [orderNumber]);
      if (!found) throw new Error(`no order ${orderNumber}`);
      return found;
    },
    token: async (username, roles, bank) => {
      const principal: Principal = { userId: `user-${username}`, username, name: username, roles, ...(bank === undefined ? {} : { bank }) };
      return (await rig.issuer.issue(principal)).accessToken;
    },
    call: async (method, path, options = {}) => {
      const response = await fetch(`${address}${path}`, { method, headers: headersOf(method, options, clock), ...bodyOf(options) });
      const text = await response.text();
      const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
      return { status: response.status, body, replayed: response.headers.get('idempotency-replayed') === 'true' };
    },
    close: async () => {
      await app.close();
      await rig.close();
    },
  };
}

function headersOf(method: string, { token, basic, body, key, raw }: CallOptions, clock: Clock): Record<string, string> {
  return {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(basic === undefined ? {} : { authorization: `Basic ${Buffer.from(basic).toString('base64')}` }),
    ...(method === 'POST' && key !== '' ? { 'idempotency-key': key ?? newId(clock, systemEntropy) } : {}),
    ...(raw ? { 'content-type': raw.type } : body === undefined ? {} : { 'content-type': 'application/json' }),
  };
}

function bodyOf({ body, raw }: CallOptions): { body?: string | Uint8Array<ArrayBuffer> } {
  if (raw) return { body: new Uint8Array(raw.bytes) };
  return body === undefined ? {} : { body: JSON.stringify(body) };
}
