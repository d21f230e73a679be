import type { WeekHours } from '#kernel';

/** Every rule of the misuse watch (责任追究) has a name and a plain explanation, both Chinese and shown to auditors. */
export interface MisuseRuleText {
  readonly name: string;
  /** With the rule's own figures in it. */
  readonly explanation: string;
}

/** Requests and readings of one person outside the working hours of one day. */
export interface OutsideHoursPolicy extends MisuseRuleText {
  readonly acts: number;
}

/** Many requests and readings of one person within a short time, measured by what is usual for him. */
export interface BurstPolicy extends MisuseRuleText {
  readonly withinMinutes: number;
  /** Below this many it is never a burst. */
  readonly acts: number;
  /** How many times his usual day it must be. */
  readonly timesUsual: number;
}

/** An approval sooner after what it approves than anybody can have read it. */
export interface SwiftApprovalPolicy extends MisuseRuleText {
  readonly withinMs: number;
}

/** Personal data of one case looked at in clear again and again. */
export interface RepeatedRevealsPolicy extends MisuseRuleText {
  /** Sittings; what is revealed within `pauseMs` of the former reveal belongs to the same one. */
  readonly sittings: number;
  readonly withinMs: number;
  readonly pauseMs: number;
}

/** An account that acts again after a long silence. */
export interface DormantAccountPolicy extends MisuseRuleText {
  readonly afterMs: number;
}

/** A release of a measure shortly before its end, while the case is not satisfied. */
export interface ReleaseNearEndPolicy extends MisuseRuleText {
  readonly withinMs: number;
}

/** What is watched for in the facts of the court's officials; a finding is a question to a person, not a verdict. */
export interface MisusePolicy {
  /** When the court works, in Asia/Shanghai. */
  readonly hours: WeekHours;
  readonly rules: {
    readonly 'outside-hours': OutsideHoursPolicy;
    readonly burst: BurstPolicy;
    readonly 'swift-approval': SwiftApprovalPolicy;
    readonly 'repeated-reveals': RepeatedRevealsPolicy;
    readonly 'dormant-account': DormantAccountPolicy;
    /** Who acts is no handler of the case and has no part in it. */
    readonly 'unrelated-case': MisuseRuleText;
    /** The officer and the subject share a name or the number of a document. */
    readonly 'self-linked': MisuseRuleText;
    readonly 'release-near-end': ReleaseNearEndPolicy;
  };
}

export type MisuseRule = keyof MisusePolicy['rules'];

export const MISUSE_RULES = [
  'outside-hours',
  'burst',
  'swift-approval',
  'repeated-reveals',
  'dormant-account',
  'unrelated-case',
  'self-linked',
  'release-near-end',
] as const satisfies readonly MisuseRule[];

/**
 * Facts that the gateway records beside an act, in the same transaction and chain, when what only the gateway can know makes the act worth a question.
 * The type is all that the log learns of it.
 */
export const CONDUCT_FACTS = {
  'unrelated-case': 'conduct.unrelated-case',
  'self-linked': 'conduct.self-linked',
  'release-near-end': 'conduct.release-near-end',
} as const satisfies Partial<Record<MisuseRule, string>>;
