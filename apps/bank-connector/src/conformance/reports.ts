import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaseResult } from './kit.js';

export interface ReportHead {
  readonly bank: string;
  readonly dialect: string;
  /** RFC 3339. */
  readonly at: string;
}

/** One line of the run: the case, the rule it checks, and what holds or is wrong. */
export function resultLine({ test, fault }: CaseResult): string {
  return `${fault === undefined ? 'ok  ' : 'FAIL'}  ${test.name} [${test.rule}] ${test.says}${fault === undefined ? '' : `\n      ${fault}`}`;
}

export function countLine(results: readonly CaseResult[]): string {
  const failed = results.filter(({ fault }) => fault !== undefined).length;
  return `${results.length - failed} passed, ${failed} failed`;
}

/** Writes `conformance.html` and `junit.xml` into a folder, which is made if it is not there. */
export async function writeReports(folder: string, head: ReportHead, results: readonly CaseResult[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'conformance.html'), htmlReport(head, results));
  await writeFile(join(folder, 'junit.xml'), junitReport(head, results));
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Characters that XML cannot hold become a replacement character, so that a report is always a document. */
export function escaped(text: string): string {
  // eslint would have these ranges spelt as escapes of control characters; they are what XML 1.0 leaves out.
  const clean = [...text].map((char) => (isXmlChar(char.codePointAt(0) ?? 0) ? char : '\ufffd')).join('');
  return clean.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char);
}

function isXmlChar(code: number): boolean {
  if (code < 0x20) return code === 0x09 || code === 0x0a || code === 0x0d;
  return !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff;
}

export function junitReport({ bank, dialect, at }: ReportHead, results: readonly CaseResult[]): string {
  const failures = results.filter(({ fault }) => fault !== undefined).length;
  const seconds = (ms: number): string => (ms / 1_000).toFixed(3);
  const total = seconds(results.reduce((sum, { ms }) => sum + ms, 0));
  const cases = results.map(({ test, fault, ms }) => {
    const head = `    <testcase classname="${escaped(`${bank}.${dialect}`)}" name="${escaped(test.name)}" time="${seconds(ms)}">`;
    const properties = `<properties><property name="rule" value="${escaped(test.rule)}"/><property name="says" value="${escaped(test.says)}"/></properties>`;
    const failure = fault === undefined ? '' : `<failure message="${escaped(fault)}"/>`;
    return `${head}${properties}${failure}</testcase>`;
  });
  const suite = `  <testsuite name="${escaped(`conformance ${bank}`)}" tests="${results.length}" failures="${failures}" errors="0" skipped="0" time="${total}" timestamp="${at}">`;
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>', suite, ...cases, '  </testsuite>', '</testsuites>', ''].join('\n');
}

const STYLE =
  'body{font:15px/1.5 sans-serif;margin:2em auto;max-width:70em}table{border-collapse:collapse;width:100%}' +
  'td,th{border-bottom:1px solid #ccc;padding:.3em .6em;text-align:left;vertical-align:top}.bad{background:#fde8e8}.fault{color:#a00}';

export function htmlReport({ bank, dialect, at }: ReportHead, results: readonly CaseResult[]): string {
  const rows = results.map(({ test, fault, ms }) => {
    const detail = fault === undefined ? '' : `<div class="fault">${escaped(fault)}</div>`;
    const cells = [fault === undefined ? '通过' : '未通过', test.name, test.rule].map((cell) => `<td>${escaped(cell)}</td>`).join('');
    return `<tr class="${fault === undefined ? 'good' : 'bad'}">${cells}<td>${escaped(test.says)}${detail}</td><td>${Math.round(ms)}</td></tr>`;
  });
  return [
    '<!doctype html>',
    `<html lang="zh-CN"><head><meta charset="utf-8"><title>${escaped(`${bank} 联调符合性报告`)}</title><style>${STYLE}</style></head><body>`,
    `<h1>${escaped(`${bank} 联调符合性报告`)}</h1>`,
    `<p>接口：${escaped(dialect)}　时间：${escaped(at)}　结果：${escaped(countLine(results))}</p>`,
    '<table><thead><tr><th>结果</th><th>用例</th><th>依据</th><th>要求</th><th>毫秒</th></tr></thead><tbody>',
    ...rows,
    '</tbody></table></body></html>',
    '',
  ].join('\n');
}
