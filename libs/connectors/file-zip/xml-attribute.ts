/** Text inside the double quotes of an attribute. */
export function xmlAttribute(text: string): string {
  return text.replace(/[&<>"\u0000-\u001f]/g, (character) => `&#${character === '\u0000' ? 32 : character.charCodeAt(0)};`);
}
