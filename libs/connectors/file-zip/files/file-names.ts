/** Names of the files, as docs/dialects/file-zip.md lists them. */

export function downFileName(legalPerson: string, orders: readonly { orderNumber: string; action: string }[], batch: string): string {
  const [first] = orders;
  return first && first.action !== 'inquire' ? `KZQQ_${legalPerson}_${first.orderNumber}.json` : `CXQQ_${legalPerson}_${batch}.json`;
}

export function batchOf(downFile: string): string {
  return /_([^_]+)\.json$/.exec(downFile)?.[1] ?? '';
}

export type UpFileKind = { readonly kind: 'receipt' } | { readonly kind: 'answers'; readonly orderNumber?: string };

/** What an up file is by its name; the number of a control order stands in it. */
export function upFileKind(name: string): UpFileKind | undefined {
  if (name.startsWith('HZ_')) return { kind: 'receipt' };
  if (name.startsWith('CXFK_')) return { kind: 'answers' };
  const control = /^KZFK_.+_([0-9A-Za-z-]{1,30})_\d{1,6}\.json$/.exec(name);
  return control?.[1] === undefined ? undefined : { kind: 'answers', orderNumber: control[1] };
}

/** The note about a file that could not be loaded: `KZHZ_…` for a control order's, `CXHZ_…` for all others. */
export function failureName(upFile: string): string {
  return `${upFile.startsWith('KZFK_') ? 'KZHZ' : 'CXHZ'}_${upFile}`;
}
