/** The present bodies in an XML document, until the records of the dialect take their place. */
export function wrapJson(root: string, json: Buffer): Buffer {
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<${root}>${json.toString('base64')}</${root}>`);
}

export function unwrapJson(xml: Buffer): Buffer {
  return Buffer.from(/<(\w+)>([A-Za-z0-9+/=]*)<\/\1>$/.exec(xml.toString('latin1'))?.[2] ?? '', 'base64');
}
