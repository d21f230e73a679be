import { describe, expect, it } from '@jest/globals';
import { CASES } from '#connector-sdk';
import type { CaseResult } from './kit.js';
import { countLine, escaped, htmlReport, junitReport, resultLine } from './reports.js';

const [test] = CASES;
if (!test) throw new Error('there are no cases');
const good: CaseResult = { test, fault: undefined, ms: 12 };
const bad: CaseResult = { test: { ...test, name: 'other-case' }, fault: 'balance is <1> & "2"\u0000', ms: 1_500 };
const head = { bank: 'hubeibank', dialect: 'realtime-json', at: '2026-03-10T03:52:04.000Z' };

describe('the reports', () => {
  it('tell each case with its rule, and what was wrong', () => {
    expect(resultLine(good)).toBe(`ok    ${test.name} [${test.rule}] ${test.says}`);
    expect(resultLine(bad)).toContain('FAIL  other-case [');
    expect(resultLine(bad)).toContain('\n      balance is <1>');
    expect(countLine([good, bad])).toBe('1 passed, 1 failed');
  });

  it('escape whatever a bank has said', () => {
    expect(escaped(`<a href="x">'&\u0000\ud800`)).toBe('&lt;a href=&quot;x&quot;&gt;&#39;&amp;\ufffd\ufffd');
    for (const report of [junitReport(head, [good, bad]), htmlReport(head, [good, bad])]) {
      expect(report).toContain('balance is &lt;1&gt; &amp; &quot;2&quot;\ufffd');
    }
  });

  it('count in JUnit as JUnit counts', () => {
    const report = junitReport(head, [good, bad]);
    expect(report).toContain('tests="2" failures="1" errors="0" skipped="0" time="1.512"');
    expect(report).toContain('<property name="rule"');
  });
});
