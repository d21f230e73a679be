import type { UploadResult } from '../ports.js';
import type { AttributeCoding } from './attribute-coding.js';
import { xmlElement } from './xml-element.js';
import { writeDocument } from './xml-writer.js';

/** What an acknowledgement answers: feedback and receipts (`cxjglist`), or orders that were given back (`htjglist`). */
export type ResultList = 'cxjglist' | 'htjglist';

const OK = 'success';
const FAILED = 'fail';

/** `result/cxjglist|htjglist/jg`. We write the errors in one spelling; readers know three. */
export function writeResults(list: ResultList, results: readonly UploadResult[], coding: AttributeCoding): Buffer {
  const records = results.map(({ orderNumber, result, message }) =>
    xmlElement('jg', {
      bdhm: orderNumber,
      result: result === 'ok' ? OK : FAILED,
      msg: message ?? '',
      errorMsg: result === 'ok' ? undefined : (message ?? ''),
    }),
  );
  return writeDocument(xmlElement('result', {}, [xmlElement(list, {}, records)]), coding);
}
