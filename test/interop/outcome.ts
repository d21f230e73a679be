/** One line of the suite. */
export interface Outcome {
  readonly state: 'ok' | 'FAILED' | 'skipped';
  readonly tool: string;
  /** What the tool accepted, or why it did not or could not. */
  readonly what: string;
}
