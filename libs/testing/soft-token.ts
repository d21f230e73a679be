import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { SHARE_ENV, Worker } from 'node:worker_threads';
import { errorText } from '#kernel';

const run = promisify(execFile);
const UTIL = 'softhsm2-util';
/** Where the packages of common systems put it. */
const MODULES = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib64/softhsm/libsofthsm.so', '/usr/local/lib/softhsm/libsofthsm2.so'];
const SO_PIN = 'so-pin-of-a-test';

/** The path of SoftHSM's PKCS #11 library; undefined where it, or the addon that loads it, is not there. */
export function softTokenModule(): string | undefined {
  try {
    createRequire(import.meta.url).resolve('pkcs11js');
  } catch (error) {
    if (/cannot find/i.test(errorText(error))) return undefined;
    throw error;
  }
  return MODULES.find((file) => existsSync(file));
}

/** A token in software, made for one test in a folder of its own. */
export class SoftToken {
  private constructor(
    readonly module: string,
    readonly label: string,
    readonly pin: string,
    /** What `SOFTHSM2_CONF` names. */
    readonly configuration: string,
  ) {}

  /** Makes the token, and lets the library find it in this process. One process sees the tokens of the last one made. */
  static async make(module: string, folder: string, label = 'court', pin = 'pin-of-a-test'): Promise<SoftToken> {
    const configuration = path.join(folder, 'softhsm2.conf');
    await mkdir(path.join(folder, 'tokens'), { recursive: true });
    await writeFile(
      configuration,
      `directories.tokendir = ${path.join(folder, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`,
    );
    const token = new SoftToken(module, label, pin, configuration);
    await token.initialize();
    await setRealEnvironment('SOFTHSM2_CONF', configuration);
    return token;
  }

  /** A fresh token in a free slot. */
  async initialize(label = this.label): Promise<void> {
    await run(UTIL, ['--init-token', '--free', '--label', label, '--pin', this.pin, '--so-pin', SO_PIN], { env: this.environment() });
  }

  /** Takes the token away with all its keys. */
  async remove(label = this.label): Promise<void> {
    await run(UTIL, ['--delete-token', '--token', label], { env: this.environment() });
  }

  /** Takes the token with its keys out, as a card from its reader, until what is given back is called. */
  async takeOut(): Promise<() => Promise<void>> {
    const [inside, outside] = ['tokens', 'tokens-away'].map((name) => path.join(path.dirname(this.configuration), name)) as [
      string,
      string,
    ];
    await rename(inside, outside);
    await mkdir(inside);
    return async () => {
      await rm(inside, { recursive: true });
      await rename(outside, inside);
    };
  }

  /** Makes a key pair in the token by a process of its own, as an operator does. @returns the 32 bytes of the public key, hexadecimal */
  async generate(object: string, kind: 'ed25519' | 'p-256' | 'extractable' = 'ed25519'): Promise<string> {
    const told = JSON.stringify({ module: this.module, label: this.label, pin: this.pin, object, kind });
    const { stdout } = await run(process.execPath, ['--eval', GENERATE, told], { env: this.environment(), cwd: import.meta.dirname });
    return stdout.trim();
  }

  environment(): NodeJS.ProcessEnv {
    return { ...process.env, SOFTHSM2_CONF: this.configuration };
  }
}

/** The library reads the environment of the process, of which a test runner and a thread have copies. */
async function setRealEnvironment(name: string, value: string): Promise<void> {
  const worker = new Worker('const { name, value } = require("node:worker_threads").workerData; process.env[name] = value;', {
    eval: true,
    env: SHARE_ENV,
    workerData: { name, value },
  });
  await new Promise<void>((resolve, reject) => {
    worker.once('exit', () => resolve());
    worker.once('error', reject);
  });
}

/** Numbers of PKCS #11: CKM_EC_EDWARDS_KEY_PAIR_GEN 0x1055, CKM_EC_KEY_PAIR_GEN 0x1040; the curves by their object identifiers. */
const GENERATE = `
const p = require('pkcs11js');
const { module, label, pin, object, kind } = JSON.parse(process.argv[1]);
const c = new p.PKCS11();
c.load(module);
c.C_Initialize();
const slot = c.C_GetSlotList(true).find((one) => c.C_GetTokenInfo(one).label.trimEnd() === label);
const session = c.C_OpenSession(slot, p.CKF_SERIAL_SESSION | p.CKF_RW_SESSION);
c.C_Login(session, p.CKU_USER, pin);
const isEc = kind === 'p-256';
const curve = Buffer.from(isEc ? '06082a8648ce3d030107' : '06032b6570', 'hex');
const named = [{ type: p.CKA_TOKEN, value: true }, { type: p.CKA_LABEL, value: object }, { type: p.CKA_ID, value: Buffer.from(object) }];
const made = c.C_GenerateKeyPair(
  session,
  { mechanism: isEc ? 0x1040 : 0x1055 },
  [...named, { type: p.CKA_EC_PARAMS, value: curve }, { type: p.CKA_VERIFY, value: true }],
  [...named, { type: p.CKA_PRIVATE, value: true }, { type: p.CKA_SIGN, value: true }, { type: p.CKA_SENSITIVE, value: true },
   { type: p.CKA_EXTRACTABLE, value: kind === 'extractable' }],
);
const point = c.C_GetAttributeValue(session, made.publicKey, [{ type: p.CKA_EC_POINT }])[0].value;
c.C_Finalize();
process.stdout.write(point.subarray(2).toString('hex'));
`;
