import { StatementsController } from './adapters/http/statements.controller.js';
import type { RequestFeature } from './request-feature.js';
import { MakeStatement } from './use-cases/make-statement/make-statement.js';
import { StatementTasks } from './use-cases/make-statement/statement-tasks.js';
import { WatchStatements } from './use-cases/make-statement/watch-statements.js';
import { RecordStatement } from './use-cases/record-statement/record-statement.js';
import { ShowStatements } from './use-cases/show-statements/show-statements.js';

/** The end of each day of each bank. */
export const statementFeature: RequestFeature = {
  controllers: [StatementsController],
  providers: [StatementTasks, MakeStatement, WatchStatements, RecordStatement, ShowStatements],
};
