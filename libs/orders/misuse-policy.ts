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

/** What is watched for in the facts of the court's officials; a finding is a question to a person, not a verdict. */
export interface MisusePolicy {
  /** When the court works, in Asia/Shanghai. */
  readonly hours: WeekHours;
  readonly rules: {
    readonly 'outside-hours': OutsideHoursPolicy;
    readonly burst: BurstPolicy;
    readonly 'swift-approval': SwiftApprovalPolicy;
  };
}

export type MisuseRule = keyof MisusePolicy['rules'];

export const MISUSE_RULES = ['outside-hours', 'burst', 'swift-approval'] as const satisfies readonly MisuseRule[];
