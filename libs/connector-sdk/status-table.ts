import type { ControlLine } from '#contracts';

/** A dialect's words for what became of a line. A word that is not in the table is `undetermined` (I6). */
export type StatusTable = Readonly<Record<string, ControlLine['status']>>;
