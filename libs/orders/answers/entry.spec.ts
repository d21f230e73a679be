import { describe, expect, it } from '@jest/globals';
import { NOW } from '../fixtures/facts.js';
import { type ControlAction, type ControlAnswerLine, applyInquiryAnswer, entryFaults } from '../index.js';

describe('what a clerk must fill in (R26)', () => {
  const moved = { principal: 200n, serial: 's', valueDate: '2026-04-02', channel: 'CNAPS', state: 'sent' };
  const says = (over: Partial<ControlAnswerLine>): ControlAnswerLine => ({ seq: 1, status: 'executed', asOf: NOW, ...over });
  it.each<[string, ControlAction, Partial<ControlAnswerLine>, string[]]>([
    ['a freeze', 'freeze', { covered: 5n }, []],
    ['a freeze, told by what is missing', 'freeze', { uncovered: 0n }, []],
    [
      'a freeze whose parts do not make what was asked',
      'freeze',
      { covered: 100n, uncovered: 99n },
      [' 实际控制金额与超额控制金额之和与冻结限额不符'],
    ],
    ['a renewal whose parts are not of what was asked', 'renew', { covered: 100n, uncovered: 99n }, []],
    ['a freeze without what is held', 'freeze', {}, ['/covered 已冻结的，必须填写实际控制金额']],
    ['a partial freeze without what is held', 'freeze', { status: 'partly-executed' }, ['/covered 已冻结的，必须填写实际控制金额']],
    ['a renewal', 'renew', {}, []],
    ['a release', 'release', {}, []],
    ['a partial release', 'release', { status: 'partly-executed', limit: 5n }, []],
    ['a partial release without its limit', 'release', { status: 'partly-executed' }, ['/limit 部分解除的，必须填写解除后的冻结限额']],
    ['a partial renewal needs no limit', 'renew', { status: 'partly-executed' }, []],
    ['a deduct', 'deduct', { moved }, []],
    ['a deduct without its money', 'deduct', {}, ['/moved 已扣划的，必须填写划出的款项']],
    ['a deduct of more than asked', 'deduct', { moved: { ...moved, interest: 1n } }, ['/moved/principal 划出金额大于请求扣划的金额']],
    ['money moved by a freeze', 'freeze', { covered: 5n, moved }, ['/moved 只有已扣划的才可填写划出的款项']],
    ['refused and money moved', 'deduct', { status: 'refused', reason: 'x', moved }, ['/moved 只有已扣划的才可填写划出的款项']],
    ['refused', 'deduct', { status: 'refused', reason: '余额不足' }, []],
    ['refused without a reason', 'freeze', { status: 'refused' }, ['/reason 未执行的，必须说明原因']],
    ['refused with a blank reason', 'freeze', { status: 'refused', reason: ' ' }, ['/reason 未执行的，必须说明原因']],
    ['in progress', 'freeze', { status: 'in-progress', expectedOn: '2026-03-11' }, []],
    ['in progress without a day', 'freeze', { status: 'in-progress' }, ['/expectedOn 正在办理的，必须填写预计办结日期']],
    ['undetermined', 'deduct', { status: 'undetermined' }, []],
    ['impossible figures', 'freeze', { covered: 5n, balance: 4n }, [' 实际控制金额大于账户余额']],
    ['an unknown word', 'freeze', { status: 'done' }, ['/status 办理结果不在可选范围内']],
    ['several at once', 'deduct', { covered: -1n }, ['/moved 已扣划的，必须填写划出的款项', ' 反馈金额为负数']],
  ])('%s', (_name, action, answer, expected) => {
    expect(entryFaults(action, 200n, says(answer)).map(({ pointer, detail }) => `${pointer} ${detail}`)).toEqual(expected);
  });

  it('judges no sum where none was asked', () => {
    expect(entryFaults('deduct', undefined, says({ moved: { ...moved, interest: 1n } }))).toEqual([]);
  });
});

describe('the answer to an inquiry (R27)', () => {
  const unclear = (reason: string) => ({ status: 'undetermined', nothingFound: false, reason, tasks: ['undetermined'] });
  it.each<[string | undefined, number, object]>([
    ['found', 2, { status: 'executed', nothingFound: false, tasks: [] }],
    [undefined, 1, { status: 'executed', nothingFound: false, tasks: [] }],
    ['no-account', 0, { status: 'executed', nothingFound: true, tasks: [] }],
    ['identity-mismatch', 0, { status: 'refused', nothingFound: false, reason: '被查询人身份信息不符', tasks: [] }],
    ['found', 0, unclear('银行未列出财产，也未反馈“查无开户信息”')],
    [undefined, 0, unclear('银行未列出财产，也未反馈“查无开户信息”')],
    ['no-account', 1, unclear('银行反馈“查无开户信息”，却列出了财产')],
    ['identity-mismatch', 1, unclear('银行反馈身份信息不符，却列出了财产')],
    ['none', 0, unclear('银行反馈的查询结果“none”无法识别')],
    ['x'.repeat(50), 0, unclear(`银行反馈的查询结果“${'x'.repeat(40)}”无法识别`)],
  ])('%s with %i holdings', (result, holdings, expected) => expect(applyInquiryAnswer({ result, holdings })).toEqual(expected));
});
