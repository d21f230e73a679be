import { AppError } from '#kernel';
import type { UploadedReceipt } from '../../use-cases/add-receipt/add-receipt.js';

const DEFAULT_NAME = '回执.pdf';
const MEMBERS: ReadonlySet<string> = new Set(['name', 'content', 'sha256']);

/** A receipt as the file itself (`application/pdf`), or as `{name?, content: Base64, sha256?}`. @throws AppError `invalid` */
export function readReceipt(body: unknown): UploadedReceipt {
  if (Buffer.isBuffer(body)) return { name: DEFAULT_NAME, bytes: body };
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw invalid('', '必须是 PDF 文件或 JSON 对象');
  const { name, content, sha256 } = body as { name?: unknown; content?: unknown; sha256?: unknown };
  const unknownMember = Object.keys(body).find((member) => !MEMBERS.has(member));
  if (unknownMember !== undefined) throw invalid(`/${unknownMember}`, '没有此项');
  const bytes = typeof content === 'string' ? Buffer.from(content, 'base64') : Buffer.alloc(0);
  // Padding, the alphabet and bits that no byte uses: a decoder that is not told passes over what is wrong with them.
  if (bytes.length === 0 || bytes.toString('base64') !== content) throw invalid('/content', '必须是 Base64');
  if (name !== undefined && typeof name !== 'string') throw invalid('/name', '必须是文字');
  if (sha256 !== undefined && (typeof sha256 !== 'string' || !/^[0-9a-fA-F]{64}$/.test(sha256)))
    throw invalid('/sha256', '必须是64位十六进制');
  return { name: name ?? DEFAULT_NAME, bytes, ...(sha256 === undefined ? {} : { sha256 }) };
}

function invalid(pointer: string, detail: string): AppError {
  return new AppError('invalid', `${pointer} ${detail}`, { errors: [{ pointer, detail }] });
}
