import { AppError } from '#kernel';

type Members = Readonly<Record<string, unknown>>;

export function bodyMembers(body: unknown): Members {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Members;
  throw wrong('', '必须是对象');
}

export function bodyList(body: unknown, name: string, max: number): readonly unknown[] {
  const list = bodyMembers(body)[name];
  if (Array.isArray(list) && list.length <= max) return list as readonly unknown[];
  throw wrong(`/${name}`, `必须是不超过${max}项的列表`);
}

export function wrong(pointer: string, detail: string): AppError {
  return new AppError('invalid', `${pointer} ${detail}`, { errors: [{ pointer, detail }] });
}
