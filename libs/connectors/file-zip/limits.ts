/** Bytes of a package; a batch of orders with their documents is the largest. */
export const PACKAGE_BYTES_MAX = 64 * 1024 * 1024;
/** Entries of a package: the parts of as many orders or answers as fit into one. */
export const ENTRIES_MAX = 1_000;
/** Bytes of one entry, and of all of them, when they are inflated. */
export const ENTRY_BYTES_MAX = 32 * 1024 * 1024;
export const INFLATED_BYTES_MAX = 128 * 1024 * 1024;
/** How much larger the entries may be than the package: XML shrinks to a tenth, a bomb to a thousandth. */
export const RATIO_MAX = 100;
/** Below this a package may shrink as well as it can. */
export const RATIO_FREE_BYTES = 1024 * 1024;
/** Answers in one package. */
export const ANSWERS_MAX = 200;
