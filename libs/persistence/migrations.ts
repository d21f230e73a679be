import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AppError } from '#kernel';
import { withColumnTypes, type Dialect } from './column-types.js';
import type { Migration } from './sql.js';

/** Where TypeORM writes down what it has run. */
export const MIGRATIONS_TABLE = 'schema_migrations';

/** The name under which a migration is written down. TypeORM orders migrations by the thirteen digits at its end. */
export function migrationName({ name }: Migration): string {
  const match = /^(\d{4})-([a-z0-9-]+)$/.exec(name);
  if (!match) throw new AppError('invariant-broken', `migration name ${name} is not NNNN-name`, { level: 'fatal' });
  return `${match[2]}${(match[1] ?? '').padStart(13, '0')}`;
}

export function asTypeOrmMigration(migration: Migration, dialect: Dialect, collation?: string): new () => MigrationInterface {
  const name = migrationName(migration);
  return class implements MigrationInterface {
    readonly name = name;

    async up(queryRunner: QueryRunner): Promise<void> {
      for (const statement of migration.statements) await queryRunner.query(withColumnTypes(statement, dialect, collation));
    }

    down(): Promise<void> {
      return Promise.reject(new AppError('invariant-broken', 'migrations go forward only', { level: 'fatal' }));
    }
  };
}
