import { AppError } from '#kernel';
import type { LogFolder } from '../../adapters/files/log-folder.js';
import type { LogHead } from '../../adapters/store/log-heads.js';

/** A log as everybody may read it: its published head and its files. */
export interface PublishedLog {
  readonly head: LogHead;
  readonly folder: LogFolder;
}

/** The published head of each year's log in this process. The sequencer shows a head here only after it is published. */
export class PublishedLogs {
  private readonly logs = new Map<number, PublishedLog>();

  show(head: LogHead, folder: LogFolder): void {
    this.logs.set(head.year, { head, folder });
  }

  /** Cosignatures have come for a head that is still the published one; anything else is too late. */
  showCosigned(head: LogHead): void {
    const shown = this.logs.get(head.year);
    if (shown?.head.size === head.size && shown.head.root === head.root) this.logs.set(head.year, { head, folder: shown.folder });
  }

  /** The years that have a log, oldest first. */
  years(): readonly number[] {
    return [...this.logs.keys()].sort((a, b) => a - b);
  }

  /** The log of a year, or the newest. @throws AppError `not-found` when there is none */
  of(year?: number): PublishedLog {
    const wanted = year ?? Math.max(...this.logs.keys());
    const log = this.logs.get(wanted);
    if (!log) throw new AppError('not-found', '没有该年度的账本');
    return log;
  }
}
