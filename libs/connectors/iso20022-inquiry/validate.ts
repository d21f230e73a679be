import { childElements, isNamed, pathOf, textOf } from './elements.js';
import type { Content, Grammar, Particle } from './grammar.js';
import { Refusal } from './refusal.js';
import { faultOf } from './simple-values.js';

const XMLNS = 'http://www.w3.org/2000/xmlns/';
const XSI = 'http://www.w3.org/2001/XMLSchema-instance';

/** What is done with an element of another name space where the grammar leaves room for one. */
export type Foreign = (element: Element) => void;

/**
 * Holds an element against a type of a grammar, down to its last text.
 * @throws Refusal `structure` or `value` with the path of what is wrong
 */
export function validate(element: Element, type: string, grammar: Grammar, foreign: Foreign): void {
  const content = contentOf(grammar, type);
  assertNoAttributes(element);
  if ('particles' in content) new Children(element, grammar, foreign).match(content);
  else {
    if (childElements(element).length > 0) throw new Refusal('structure', `${pathOf(element)} holds an element where a text belongs`);
    const fault = faultOf(content, textOf(element));
    if (fault !== undefined) throw new Refusal('value', `${pathOf(element)} ${fault}`);
  }
}

function contentOf(grammar: Grammar, type: string): Content {
  const content = grammar.types.get(type);
  if (!content) throw new Error(`no type is named ${type}`);
  return content;
}

/** None of these messages has attributes; declarations of name spaces and the place of a schema are no content. */
function assertNoAttributes(element: Element): void {
  for (let n = 0; n < element.attributes.length; n++) {
    const attribute = element.attributes[n];
    if (!attribute || attribute.namespaceURI === XMLNS || (attribute.namespaceURI === XSI && attribute.localName === 'schemaLocation'))
      continue;
    throw new Refusal('structure', `${pathOf(element)} has the attribute ${attribute.name}`);
  }
}

/** The children of one element, taken one after another. The published grammars are such that the next child says how to go on. */
class Children {
  private readonly children: readonly Element[];
  private at = 0;

  constructor(
    private readonly element: Element,
    private readonly grammar: Grammar,
    private readonly foreign: Foreign,
  ) {
    this.children = childElements(element);
    if (textOf(element).trim() !== '') throw new Refusal('structure', `${pathOf(element)} holds text between its elements`);
  }

  match(content: Content): void {
    this.take(content);
    const left = this.children[this.at];
    if (left) throw new Refusal('structure', `${pathOf(left)} does not belong here`);
  }

  private take(content: Content): void {
    if (!('particles' in content)) throw new Error('a group is made of particles');
    if (content.kind === 'sequence') for (const particle of content.particles) this.takeTimes(particle);
    else if (content.kind === 'choice') this.takeTimes(this.chosen(content.particles));
    else this.takeAll(content.particles);
  }

  private chosen(particles: readonly Particle[]): Particle {
    const chosen = particles.find((particle) => this.begins(particle));
    if (!chosen) throw this.missing(particles.map(nameOf).join(' or '));
    return chosen;
  }

  private takeAll(particles: readonly Particle[]): void {
    const left = new Set(particles);
    for (let next = find(left, this); next; next = find(left, this)) {
      left.delete(next);
      this.takeOne(next);
    }
    for (const particle of left) if (particle.min > 0) throw this.missing(nameOf(particle));
  }

  private takeTimes(particle: Particle): void {
    let times = 0;
    while (times < particle.max && this.begins(particle)) {
      this.takeOne(particle);
      times += 1;
    }
    if (times < particle.min) throw this.missing(nameOf(particle));
  }

  private takeOne(particle: Particle): void {
    if (particle.kind === 'group') return this.take(contentOf(this.grammar, particle.type));
    const child = this.children[this.at];
    if (!child) throw this.missing(nameOf(particle));
    this.at += 1;
    if (particle.kind === 'any') this.foreign(child);
    else validate(child, particle.type, this.grammar, this.foreign);
  }

  begins(particle: Particle): boolean {
    const child = this.children[this.at];
    if (particle.kind === 'any') return child !== undefined;
    if (particle.kind === 'element') return isNamed(child, this.grammar.namespace, particle.name);
    const content = contentOf(this.grammar, particle.type);
    return 'particles' in content && content.particles.some((one) => this.begins(one));
  }

  private missing(names: string): Refusal {
    const child = this.children[this.at];
    const instead = child ? `, not {${child.namespaceURI ?? ''}}${child.localName ?? ''}` : '';
    return new Refusal('structure', `${pathOf(this.element)} needs ${names} here${instead}`);
  }
}

function find(particles: ReadonlySet<Particle>, children: Children): Particle | undefined {
  return [...particles].find((particle) => children.begins(particle));
}

function nameOf(particle: Particle): string {
  return particle.kind === 'element' ? particle.name : particle.kind === 'any' ? 'an element' : particle.type;
}
