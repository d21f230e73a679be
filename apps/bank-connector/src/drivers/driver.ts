/** Drives the dialect of one bank in the background: brings orders out and answers in. */
export interface Driver {
  start(): Promise<void>;
  /** There may be work. Cheap, and never throws. */
  wake(): void;
  /** Takes nothing new in hand, and waits until what is under way is recorded. */
  stop(): Promise<void>;
}
