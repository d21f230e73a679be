import { AppError, errorText, Recurring } from '#kernel';
import type { PayloadSealing, SignerPort, VerifierPort } from '#trust';
import type { BankSetup, FileWire, RegisterWire } from '../banks/bank-setup.js';
import type { BankInside, Surroundings, Worker } from './dialect-deps.js';
import { FileClerk } from './file-zip/file-clerk.js';
import { SftpServer } from './file-zip/sftp/sftp-server.js';
import { MessageSignatures } from './message-signatures.js';
import { Poller } from './poll-xml/poller.js';
import { MessageHand } from './iso20022-inquiry/message-hand.js';
import { Register } from './iso20022-inquiry/register.js';
import { BankJws } from './realtime-json/bank-jws.js';
import { CallBack } from './realtime-json/call-back.js';
import { counterCalls } from './realtime-json/counter-calls.js';
import { RealtimeCounter } from './realtime-json/realtime-counter.js';
import { TlsDoor } from './tls-door.js';

/** How often the banks look whether something fell due; what did shows within a second. */
const DUE_EVERY_MS = 250;
/** Turns in a row for a backlog of postponed orders. */
const POSTPONED_TURNS_MAX = 100;

export interface Keys {
  readonly banks: readonly BankSetup[];
  readonly signers: ReadonlyMap<string, SignerPort>;
  readonly courtKeys: readonly VerifierPort[];
  /** Of banks that encrypt bodies. */
  readonly payloads?: ReadonlyMap<string, PayloadSealing>;
}

type Inside = Omit<BankInside, 'bank' | 'signatures'>;

/** The front ends of all banks, one per bank by its dialect, and the clock work that the cores need. */
export class FrontEnds implements Worker {
  /** The doors of the banks that the court calls, by bank. */
  readonly doors = new Map<string, TlsDoor>();
  private readonly workers: Worker[] = [];

  constructor(
    private readonly inside: Inside,
    private readonly around: Surroundings,
    keys: Keys,
  ) {
    this.workers.push(this.dueWorker());
    for (const setup of keys.banks) {
      const courtKeys = keys.courtKeys.map((key) => unlessTrusting(key, () => this.isTrusting(setup.bank)));
      if (setup.wire.dialect !== 'manual-desk') this.connect(setup, { ...keys, courtKeys });
    }
  }

  async start(): Promise<void> {
    for (const worker of this.workers) await worker.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.stop()));
  }

  private isTrusting(bank: string): boolean {
    return this.inside.cores.faultsOf(bank).trustsAnyone === true;
  }

  private connect({ bank, legalPersons, wire }: BankSetup, keys: Keys): void {
    const signer = keys.signers.get(bank);
    if (!signer) throw new AppError('invariant-broken', `the simulated bank ${bank} has no signing key`, { level: 'fatal' });
    const inside: BankInside = { ...this.inside, bank, signatures: new MessageSignatures(signer, keys.courtKeys) };
    if (wire.dialect === 'realtime-json') {
      const { clock, entropy, log } = this.around;
      const jws = new BankJws({ bank, signer, courtKeys: keys.courtKeys, payload: keys.payloads?.get(bank), time: clock, entropy });
      const counter = new RealtimeCounter(inside, this.around, jws);
      const door = new TlsDoor({ bank, answer: counterCalls(counter), log, isTrusting: () => this.isTrusting(bank) }, wire.door);
      this.doors.set(bank, door);
      this.workers.push(
        door,
        new CallBack(inside, this.around, jws, { connector: wire.connector, ...(wire.tls ? { tls: wire.tls } : {}) }),
      );
    } else if (wire.dialect === 'poll-xml') this.workers.push(new Poller(inside, this.around, wire, wire.pollMs));
    else if (wire.dialect === 'file-zip') this.exchange(inside, wire);
    else if (wire.dialect === 'iso20022-inquiry') this.register(inside, legalPersons, wire);
  }

  private register(inside: BankInside, legalPersons: readonly string[], { door: place, messages }: RegisterWire): void {
    const { bank } = inside;
    const { clock, log } = this.around;
    const register = new Register(inside, this.around, new MessageHand(messages, clock, log), legalPersons);
    const door = new TlsDoor({ bank, answer: register.answer, log, isTrusting: () => this.isTrusting(bank) }, place);
    this.doors.set(bank, door);
    this.workers.push(door);
  }

  /** The clerk looks at the disk of the bank's own machine; the court reaches the same folder over the line. */
  private exchange(inside: BankInside, wire: FileWire): void {
    const { bank, cores } = inside;
    const { exchange: folder, sftp } = wire;
    this.workers.push(new SftpServer({ bank, folder, ...sftp }, this.around.log, () => cores.faultsOf(bank).down === true));
    this.workers.push(new FileClerk(inside, this.around, wire));
  }

  /** Lapses, transfers and redemptions fall due in any piece of work; this is the one that comes when nobody else does. */
  private dueWorker(): Worker {
    const { cores, orders } = this.inside;
    const turn = async () => {
      const now = this.around.clock.now();
      const due = cores.bankNames().filter((bank) => cores.isDue(bank, now));
      await Promise.all(due.map((bank) => cores.submit(bank, [], () => undefined)));
      for (let i = 0; i < POSTPONED_TURNS_MAX && (await orders.workOnPostponed(now)) > 0; i++);
    };
    const failed = (error: unknown) => this.around.log.write('warn', 'simulator-due-failed', { reason: errorText(error) });
    return new Recurring(this.around.clock, DUE_EVERY_MS, turn, failed);
  }
}

/** A key of the court, for which a bank with the fault `trustsAnyone` takes every signature that names it. */
function unlessTrusting(key: VerifierPort, isTrusting: () => boolean): VerifierPort {
  const { keyId, algorithm } = key;
  return { keyId, algorithm, verify: async (bytes, signature) => isTrusting() || (await key.verify(bytes, signature)) };
}
