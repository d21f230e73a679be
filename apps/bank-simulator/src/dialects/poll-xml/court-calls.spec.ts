import { describe, expect, it } from '@jest/globals';
import { courtXml } from '#connector-sdk';
import { CODING, resultsOf } from './court-calls.js';

const acknowledgement = (list: string, jg: Readonly<Record<string, string>>, root = 'result'): Buffer =>
  courtXml.writeDocument(courtXml.xmlElement(root, {}, [courtXml.xmlElement(list, {}, [courtXml.xmlElement('jg', jg)])]), CODING);

describe('the court’s acknowledgement', () => {
  it.each(['ErrorMSG', 'errorMsg', 'errMsg', 'msg'])('says what was wrong as %s', (name) =>
    expect(resultsOf(acknowledgement('cxjglist', { bdhm: '1', result: 'fail', [name]: '签名不对' }))).toEqual([
      { orderNumber: '1', isOk: false, message: '签名不对' },
    ]),
  );

  it.each(['cxjglist', 'htjglist'])('stands in %s', (list) =>
    expect(resultsOf(acknowledgement(list, { BDHM: '1', result: 'success', msg: '' }))).toEqual([
      { orderNumber: '1', isOk: true, message: undefined },
    ]),
  );

  it('counts as none where the result is a word that is not known', () =>
    expect(resultsOf(acknowledgement('cxjglist', { bdhm: '1', result: 'maybe' }))[0]?.isOk).toBe(false));

  it('is no acknowledgement under another name', () =>
    expect(() => resultsOf(acknowledgement('cxjglist', { bdhm: '1', result: 'success' }, 'fault'))).toThrow('cannot be read'));
});
