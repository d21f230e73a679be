import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

const FOLDERS_LEFT_OUT = new Set(['node_modules', 'fixtures', 'data', 'coverage']);

/** Every file below some folders of `root`, as sorted paths relative to it; fixtures are data and not looked at. */
export function listFiles(root: string, folders: readonly string[]): string[] {
  const found: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const name = `${folder}/${entry.name}`;
      if (entry.isFile()) found.push(name);
      else if (entry.isDirectory() && !FOLDERS_LEFT_OUT.has(entry.name)) walk(name);
    }
  };
  for (const folder of folders) if (existsSync(path.join(root, folder))) walk(folder);
  return found.sort();
}
