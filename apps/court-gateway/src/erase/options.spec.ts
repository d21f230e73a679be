import { describe, expect, it } from '@jest/globals';
import { parseOptions } from './options.js';

const COURT = ['--court', 'http://127.0.0.1:3000/'];
const NUMBER = '(2026)鄂0106执1234号';

describe('the command line of erase', () => {
  it.each([
    [['--case', NUMBER, 'propose', '--reason', '期限届满'], { verb: 'propose', caseNumber: NUMBER, reason: '期限届满' }],
    [['approve', 'e-1'], { verb: 'approve', id: 'e-1', reason: undefined }],
    [['reject', 'e-1', '--reason', '尚在审计'], { verb: 'reject', id: 'e-1', reason: '尚在审计' }],
    [['status', 'e-1'], { verb: 'status', id: 'e-1', caseNumber: undefined }],
    [['--case', NUMBER, 'status'], { verb: 'status', id: undefined, caseNumber: NUMBER }],
  ])('understands %j', (args, wish) => {
    expect(parseOptions([...COURT, ...args])).toEqual({ court: 'http://127.0.0.1:3000', wish });
  });

  it.each([
    [[], 'propose, approve, reject or status'],
    [['erase', 'e-1'], 'propose, approve, reject or status'],
    [['propose', '--reason', 'x'], '--case and --reason'],
    [['propose', '--case', NUMBER], '--case and --reason'],
    [['approve'], 'id of a proposal'],
    [['approve', 'e-1', '--case', NUMBER], 'no --case'],
    [['status'], '--case or the id'],
    [['status', 'e-1', '--case', NUMBER], '--case or the id'],
    [['approve', 'e-1', 'e-2'], 'too much'],
    [['approve', 'e-1', '--password', 'secret'], '--password'],
  ])('refuses %j', (args, why) => {
    expect(parseOptions([...COURT, ...args])).toEqual(expect.stringContaining(why));
  });

  it.each(['', 'court.example', 'ftp://court', 'http://user:secret@court', 'http://court/api'])('refuses the court %s', (court) => {
    expect(parseOptions(['--court', court, 'status', 'e-1'])).toEqual(expect.stringContaining('--court'));
  });
});
