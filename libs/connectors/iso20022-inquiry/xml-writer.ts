import { courtXml } from '#connector-sdk';
import { AppError } from '#kernel';

/**
 * What no text of ours may hold: halves of characters, characters that XML has no form for, and those that readers of XML take for an end
 * of a line, each in its own way, so that a signature over them would not hold everywhere.
 */
const UNSAYABLE = /[\p{Cc}\p{Cs}\u2028\u2029\ufffe\uffff]/u;

/** An element around markup that is made already; `namespace` where it begins a part of another one. */
export function tag(name: string, inner: string, namespace?: string): string {
  return `<${name}${namespace === undefined ? '' : ` xmlns="${namespace}"`}>${inner}</${name}>`;
}

/**
 * An element with a text of 1 to `most` characters.
 * @throws AppError `unsupported-by-dialect` when the text has no form in the message; nothing is cut, because half a name is another name
 */
export function leaf(name: string, text: string, most: number): string {
  const length = [...text].length;
  if (length === 0 || length > most || UNSAYABLE.test(text))
    throw new AppError('unsupported-by-dialect', `该银行的报文无法表达此内容（${name}：应为 1 至 ${most} 个可书写的字符）`);
  return tag(name, courtXml.escapeXml(text));
}
