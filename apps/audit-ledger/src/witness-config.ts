import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError, errorText, parseStrictJson } from '#kernel';
import { parseVerifierKey, type NoteVerifier } from '#merkle';

/** The configuration of a witness that runs by itself. */
export interface WitnessConfig {
  /** Key name of its cosignatures, such as `witness.example/regulator`. */
  readonly name: string;
  /** Where its key and its database stand; never restored from a backup, or the witness would cosign a fork. */
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  /** What comes before `/add-checkpoint`; empty, or begins with a slash. */
  readonly prefix: string;
  readonly logs: readonly NoteVerifier[];
}

const LOGS_MAX = 1_000;
const MEMBERS = ['name', 'dataDir', 'host', 'port', 'prefix', 'logs'];

/**
 * Reads `{"name", "dataDir", "logs": ["<vkey>", …], "host"?, "port"?, "prefix"?}`. Paths are relative to the file.
 * @throws AppError `invalid-configuration` with what is wrong
 */
export async function readWitnessConfig(file: string): Promise<WitnessConfig> {
  try {
    return configOf(parseStrictJson(await readFile(file)), path.dirname(path.resolve(file)));
  } catch (cause) {
    throw new AppError('invalid-configuration', `${file}: ${errorText(cause)}`, { level: 'fatal', cause });
  }
}

function configOf(value: unknown, folder: string): WitnessConfig {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new AppError('invalid', 'is not an object');
  const unknown = Object.keys(value).find((member) => !MEMBERS.includes(member));
  if (unknown !== undefined) throw new AppError('invalid', `knows no member "${unknown}"`);
  const { name, dataDir, host = '127.0.0.1', port = 0, prefix = '', logs } = value as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string' || typeof dataDir !== 'string' || typeof host !== 'string')
    throw new AppError('invalid', 'lacks name or dataDir');
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 0 || Object.is(port, -0) || port > 65_535)
    throw new AppError('invalid', 'port is no port number');
  if (typeof prefix !== 'string' || !/^(?:\/[\w.~-]+)*$/.test(prefix))
    throw new AppError('invalid', 'prefix is empty or a path such as /witness');
  if (!Array.isArray(logs) || logs.length === 0 || logs.length > LOGS_MAX) throw new AppError('invalid', 'logs is a list of verifier keys');
  const keys = logs.map((vkey: unknown) => parseVerifierKey(String(vkey)));
  if (new Set(keys.map((key) => key.name)).size !== keys.length) throw new AppError('invalid', 'names one log twice');
  return { name, dataDir: path.resolve(folder, dataDir), host, port, prefix, logs: keys };
}
