import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { maskAccount, maskIdNumber, maskName, maskPhone } from './index.js';

describe('masks', () => {
  it.each([
    ['420106198803121234', '4201**********1234'],
    ['42010619880312123X', '4201**********123X'],
    ['E12345678', 'E1*****78'],
    ['1234', '1**4'],
    ['123', '***'],
    ['', ''],
    ['４２０１０６１９８８０３１２１２３４', '4201**********1234'],
  ])('shows of the id number %j %j', (clear, masked) => expect(maskIdNumber(clear)).toBe(masked));

  it.each([
    ['6222021234567890123', '6222***********0123'],
    ['42100012', '42****12'],
  ])('shows of the account %j %j', (clear, masked) => expect(maskAccount(clear)).toBe(masked));

  it.each([
    ['13812345678', '138****5678'],
    ['027-87654321', '027******321'],
    ['12345', '1***5'],
  ])('shows of the phone %j %j', (clear, masked) => expect(maskPhone(clear)).toBe(masked));

  it.each([
    ['陈建国', '陈**'],
    ['陈三', '陈**'],
    ['欧阳修文', '欧**'],
    ['𠮷田', '𠮷**'],
    ['', '**'],
  ])('shows of the name %j %j', (clear, masked) => expect(maskName(clear)).toBe(masked));

  it('never shows more than four characters at either end nor more than half', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9A-Z]{1,40}$/), fc.constantFrom(maskIdNumber, maskAccount), (clear, mask) => {
        const masked = mask(clear);
        const shown = [...masked].filter((c) => c !== '*').length;
        const middle = masked.slice(4, -4);
        return masked.length === clear.length && shown <= 8 && shown * 2 <= clear.length && !/[^*]/.test(middle);
      }),
    );
  });

  it('shows the same whatever the hidden part is', () => {
    const digits = fc.stringMatching(/^[0-9]{10}$/);
    fc.assert(fc.property(digits, digits, (a, b) => maskIdNumber(`4201${a}1234`) === maskIdNumber(`4201${b}1234`)));
  });
});
