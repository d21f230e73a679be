/** The end of a check that says nothing about the log. */
export class NoAnswer extends Error {}
