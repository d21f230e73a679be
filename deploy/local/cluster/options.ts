import { resolve } from 'node:path';

export const USAGE =
  'usage: npm run -s cluster [-- --data <folder> --gateways <1..8> --kafka-nodes <1|3>]\n' +
  'environment: PORT, CHAKONG_DEMO=play|seed|off, CHAKONG_DEMO_PASSWORD, LOG_LEVEL, KAFKA_BROKERS and DATABASE_URL for servers of your own';

const GATEWAYS_MAX = 8;

export interface ClusterOptions {
  readonly dataDir: string;
  readonly gateways: number;
  readonly kafkaNodes: 1 | 3;
}

/** Reads the command line. @returns what is wrong with it as a text */
export function parseClusterOptions(args: readonly string[], env: Readonly<Record<string, string | undefined>>): ClusterOptions | string {
  const options = { dataDir: resolve(env['DATA_DIR'] || './data-cluster'), gateways: 2, kafkaNodes: 1 as 1 | 3 };
  const left = [...args];
  for (let name = left.shift(); name !== undefined; name = left.shift()) {
    const value = left.shift();
    if (value === undefined) return `${name} needs a value`;
    if (name === '--data') options.dataDir = resolve(value);
    else if (name === '--gateways') {
      options.gateways = Number(value);
      if (!Number.isInteger(options.gateways) || options.gateways < 1 || options.gateways > GATEWAYS_MAX) {
        return `--gateways is a number from 1 to ${GATEWAYS_MAX}`;
      }
    } else if (name === '--kafka-nodes') {
      if (value !== '1' && value !== '3') return '--kafka-nodes is 1 or 3';
      options.kafkaNodes = value === '3' ? 3 : 1;
    } else return `unknown option ${name}`;
  }
  return options;
}
