import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Violation } from './violation.js';

interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * A lock file that leaves out a package for some other platform (because it could not be had where the lock was made) lets `npm install`
 * pass and makes `npm ci` refuse, everywhere. So every optional dependency of a locked package must be locked too.
 */
export function checkLock(root: string): Violation[] {
  const file = path.join(root, 'package-lock.json');
  if (!existsSync(file)) return [];
  const { packages = {} } = JSON.parse(readFileSync(file, 'utf8')) as { packages?: Readonly<Record<string, LockedPackage>> };
  return Object.entries(packages).flatMap(([at, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !placesOf(at, name).some((place) => place in packages))
      .map((name) => ({ rule: 'lock-complete', at: 'package-lock.json', detail: `${at} needs ${name}, which is not locked` })),
  );
}

/** Where Node looks for a package from another one's folder: its own `node_modules`, then that of each folder above. */
function placesOf(from: string, name: string): string[] {
  const places = [];
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    places.push(`${folder === '' ? '' : `${folder}/`}node_modules/${name}`);
    if (folder === '') return places;
  }
}
