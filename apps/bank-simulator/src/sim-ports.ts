import type { Instant } from '#kernel';

/** Moves the clock of every process forward and answers when every process has the new time. */
export interface SimClock {
  advance(byMs: number): Promise<void>;
  now(): Instant;
}

/** Says who may use the instrument panel. @throws AppError `unauthenticated` or `forbidden` */
export interface SimAccess {
  assertAdmin(authorizationHeader: string | undefined): Promise<void>;
}

/** The kernel's RealTime under a token of Nest's own. */
export const REAL_TIME = Symbol('RealTime');
export const SIM_CLOCK = Symbol('SimClock');
export const SIM_ACCESS = Symbol('SimAccess');
