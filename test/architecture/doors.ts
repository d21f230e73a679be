import type { IRegularForbiddenRuleType } from 'dependency-cruiser';

/** Specs may take the test tools in hand; what they test may not. */
const SPEC = '\\.spec\\.ts$';
/** What an app's own specs stand on. */
const FIXTURES = '^apps/[^/]+/src/testing/';
/** The fuzz campaign's lists of parsers: most parsers are behind their unit's door and shall stay there. */
const FUZZ_ENTRIES = '^test/fuzz/entries/';
/** A package wherever it was found: in its folder, or by its bare name when it is not installed. */
const npm = (...names: string[]) => names.flatMap((name) => [`^${name}(/|$)`, `node_modules/${name}/`]);
const core = (...names: string[]) => `^(node:)?(${names.join('|')})(/|$)`;

const LIB_INSIDE = '^libs/(?!connectors/)[^/]+/(?!index\\.ts$)';
const CONNECTOR_INSIDE = '^libs/connectors/[^/]+/(?!index\\.ts$)';

function error(
  name: string,
  comment: string,
  from: IRegularForbiddenRuleType['from'],
  to: IRegularForbiddenRuleType['to'],
): IRegularForbiddenRuleType {
  return { name, comment, severity: 'error', from, to };
}

/**
 * The doors between the units, as rules over imports (type imports count: they tie units together just as well).
 * Several rules may share a name where one sentence needs two patterns.
 */
export const DOORS: readonly IRegularForbiddenRuleType[] = [
  error('app-imported', 'Nothing imports an app.', { pathNot: ['^apps/', FUZZ_ENTRIES] }, { path: '^apps/' }),
  error(
    'app-imported',
    'Only standalone, which composes the apps, imports one.',
    { path: '^apps/([^/]+)/', pathNot: '^apps/standalone/' },
    { path: '^apps/', pathNot: '^apps/$1/' },
  ),

  error(
    'lib-index',
    'A lib is entered through its index.ts.',
    { path: '^libs/(?!connectors/)([^/]+)/' },
    { path: LIB_INSIDE, pathNot: '^libs/$1/' },
  ),
  error('lib-index', 'A lib is entered through its index.ts.', { pathNot: ['^libs/(?!connectors/)', FUZZ_ENTRIES] }, { path: LIB_INSIDE }),
  error(
    'lib-index',
    'A connector is entered through its index.ts.',
    { pathNot: ['^libs/connectors/', FUZZ_ENTRIES] },
    { path: CONNECTOR_INSIDE },
  ),

  error(
    'connector-imports-connector',
    'A connector never imports another.',
    { path: '^libs/connectors/([^/]+)/' },
    { path: '^libs/connectors/', pathNot: '^libs/connectors/$1/' },
  ),

  error(
    'kernel-is-pure',
    'kernel imports no other unit, framework, database or broker.',
    { path: '^libs/kernel/', pathNot: SPEC },
    { pathNot: ['^libs/kernel/', core('crypto', 'buffer'), ...npm('canonicalize')] },
  ),
  error(
    'orders-is-pure',
    'orders imports kernel and nothing else.',
    { path: '^libs/orders/', pathNot: SPEC },
    { pathNot: '^libs/(orders|kernel)/' },
  ),
  error(
    'merkle-is-pure',
    'merkle imports kernel and hashing and nothing else.',
    { path: '^libs/merkle/', pathNot: SPEC },
    { pathNot: ['^libs/(merkle|kernel)/', core('crypto', 'buffer')] },
  ),

  error(
    'database-driver',
    // The scripts that start servers ask them whether they are up, before anything is built.
    'Only persistence imports the database driver.',
    { pathNot: ['^libs/persistence/', '^deploy/local/services/'] },
    { path: npm('typeorm', 'better-sqlite3', 'mysql2', 'mariadb', '@nestjs/typeorm').concat('^node:sqlite$') },
  ),
  error(
    'kafka-client',
    'Only messaging imports the Kafka client.',
    { pathNot: ['^libs/messaging/', '^deploy/local/services/'] },
    { path: npm('kafkajs', '@confluentinc/kafka-javascript', '@platformatic/kafka') },
  ),
  error(
    'bank-protocol',
    // The harness has a bank's SFTP machine for the specs of the connectors and of the app around them.
    "Only connectors and the simulator import a bank's protocol.",
    { pathNot: '^(libs/connectors|libs/connector-sdk/court-xml|apps/bank-simulator|libs/testing)/' },
    { path: npm('ssh2', 'ssh2-sftp-client', 'basic-ftp', 'fast-xml-parser', 'yauzl', 'yazl') },
  ),

  error(
    'simulator-stands-apart',
    'The simulator never imports a connector or the rules it is to check.',
    { path: '^apps/bank-simulator/' },
    { path: '^libs/(connectors|orders)/' },
  ),
  error(
    'verifier-stands-alone',
    'The verifier imports no lib of ours: it shares only the documented leaf format.',
    { path: '^apps/ledger-verifier/', pathNot: SPEC },
    { path: '^libs/' },
  ),
  error(
    'verifier-stands-alone',
    'Its specs may use the harness, not what they verify.',
    { path: '^apps/ledger-verifier/.*\\.spec\\.ts$' },
    { path: '^libs/', pathNot: '^libs/testing/' },
  ),

  error(
    'testing-in-production',
    "Only tests import the test harness, or an app's own fixtures.",
    { pathNot: [SPEC, '^test/', '^libs/testing/', FIXTURES] },
    { path: ['^libs/testing/', FIXTURES] },
  ),
  error(
    'dev-package-in-production',
    'What runs in production is a dependency, not a development dependency.',
    // The servers of tests and of the cluster on one machine are found by tools of development.
    { path: '^(apps|libs|deploy)/', pathNot: [SPEC, '^libs/testing/', '^deploy/local/services/'] },
    { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
  ),
  error(
    'undeclared-package',
    'Every package that is imported is named in package.json.',
    {},
    { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  ),
  error('unresolved', 'Every import leads somewhere.', { path: '^(apps|libs|deploy|test)/' }, { couldNotResolve: true }),
];
