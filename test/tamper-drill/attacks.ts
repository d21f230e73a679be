import {
  running,
  startUp,
  verifies,
  verifiesOrders,
  verifiesPolicy,
  verifiesSince,
  verifiesState,
  witnessAhead,
  witnessRefuses,
  type Observer,
} from './observers.js';

/** One thing that somebody with access could do. */
export interface Attack {
  /** What the attacker's program calls it. */
  readonly name: string;
  readonly title: string;
  /** `running`: while the system serves; `stopped`: on its files at rest, after which nobody starts it unless an observer does. */
  readonly when: 'running' | 'stopped';
  /** Who may notice, each on his own. */
  readonly observers: readonly Observer[];
}

/** What the drill tries; with `nothing`, which nobody may notice, as the measure of the observers themselves. */
export const ATTACKS: readonly Attack[] = [
  { name: 'edit-row', title: 'edit a row', when: 'running', observers: [running] },
  { name: 'delete-row', title: 'delete a row', when: 'running', observers: [running] },
  { name: 'insert-row', title: 'insert a row', when: 'running', observers: [running] },
  { name: 'forge-fact', title: 'insert a fact that never happened', when: 'running', observers: [verifiesOrders] },
  { name: 'reorder-rows', title: 'reorder two rows', when: 'running', observers: [running] },
  { name: 'truncate-rows', title: 'truncate the rows, running', when: 'running', observers: [running] },
  { name: 'truncate-rows', title: 'truncate the rows, stopped', when: 'stopped', observers: [startUp] },
  { name: 'restore-database', title: "restore the database's old backup", when: 'stopped', observers: [startUp] },
  {
    name: 'restore-everything',
    title: 'restore an old backup of everything',
    when: 'stopped',
    observers: [verifiesSince, verifiesState, witnessAhead],
  },
  { name: 'swap-tile', title: 'swap hashes in a tile', when: 'running', observers: [running, verifies] },
  { name: 'replace-checkpoint', title: 'replace the checkpoint by an older one', when: 'running', observers: [running, verifiesSince] },
  { name: 'fork', title: 'fork the log', when: 'stopped', observers: [verifiesSince, verifiesState, verifiesPolicy, witnessRefuses] },
  {
    name: 'resign',
    title: 're-sign with the stolen key',
    when: 'stopped',
    observers: [verifiesSince, verifiesState, verifiesPolicy, witnessRefuses],
  },
];

/** Everybody looks at a system that nobody has touched. */
export const CONTROL: readonly Observer[] = [verifies, verifiesSince, verifiesState, verifiesPolicy];
export const CONTROL_RUNNING: readonly Observer[] = [running, verifiesOrders];
