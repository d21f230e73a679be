const [ELEMENT_NODE, TEXT_NODE, CDATA_NODE, COMMENT_NODE] = [1, 3, 4, 8];

/** The child elements, in order. */
export function childElements(element: Element): readonly Element[] {
  return nodesOf(element).filter((node): node is Element => node.nodeType === ELEMENT_NODE);
}

export function nodesOf(element: Node): readonly Node[] {
  return Array.from({ length: element.childNodes.length }, (_, n) => element.childNodes[n]).filter((node) => node !== undefined);
}

/** The text directly in an element. Comments are no part of it. */
export function textOf(element: Element): string {
  return nodesOf(element)
    .filter(({ nodeType }) => nodeType === TEXT_NODE || nodeType === CDATA_NODE)
    .map(({ nodeValue }) => nodeValue ?? '')
    .join('');
}

export function isComment(node: Node): boolean {
  return node.nodeType === COMMENT_NODE;
}

/** Every element below and including this one. */
export function* everyElement(element: Element): Generator<Element> {
  yield element;
  for (const child of childElements(element)) yield* everyElement(child);
}

export function isNamed(element: Element | undefined, namespace: string, name: string): element is Element {
  return element?.namespaceURI === namespace && element.localName === name;
}

/** Where an element stands, for a reason: names from the root on. */
export function pathOf(element: Element): string {
  const names: string[] = [];
  for (let node: Node | null = element; node?.nodeType === ELEMENT_NODE; node = node.parentNode)
    names.unshift((node as Element).localName ?? '');
  return `/${names.join('/')}`;
}

/** Child elements of a name. In a message that holds, only what its definition allows can have it. */
export function childrenNamed(element: Element, name: string): readonly Element[] {
  return childElements(element).filter(({ localName }) => localName === name);
}

/** The first element at a path of names below; undefined when there is none. */
export function elementAt(element: Element, ...path: readonly string[]): Element | undefined {
  let found: Element | undefined = element;
  for (const name of path) found = found && childrenNamed(found, name)[0];
  return found;
}

export function textAt(element: Element, ...path: readonly string[]): string | undefined {
  const found = elementAt(element, ...path);
  return found && textOf(found);
}
