import { readFile } from 'node:fs/promises';
import { AppError, errorText } from '#kernel';
import type { ClientTlsFiles } from './settings.js';

/** PEM texts for a connection that this process opens. */
export interface ClientTls {
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
}

/** @throws AppError `invalid-configuration` that names the file */
export async function readClientTlsFiles({ caFile, certFile, keyFile }: ClientTlsFiles): Promise<ClientTls> {
  return {
    ca: await pem(caFile),
    ...(certFile === undefined ? {} : { cert: await pem(certFile) }),
    ...(keyFile === undefined ? {} : { key: await pem(keyFile) }),
  };
}

async function pem(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new AppError('invalid-configuration', `TLS: cannot read ${path}: ${errorText(error)}`, { level: 'fatal', cause: error });
  }
}
