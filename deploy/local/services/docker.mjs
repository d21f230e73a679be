import { execFile } from 'node:child_process';
import { freePort } from './program.mjs';

const ANSWER_MS_MAX = 10_000;
const PASSWORD = 'chakong-tests-only';
const KAFKA_IMAGE = 'apache/kafka:4.1.0';
const MYSQL_IMAGE = 'mysql:8.4.6';

/** Whether an engine answers; a client alone is not enough. */
export function hasDocker() {
  return new Promise((resolve) => {
    const args = ['version', '--format', '{{.Server.Version}}'];
    execFile('docker', args, { timeout: ANSWER_MS_MAX }, (error, stdout) => resolve(error === null && /^\d/.test(stdout)));
  });
}

/** Testcontainers sees to it that the containers go with this process. */
const library = () => import('testcontainers');

export async function startMysqlContainer() {
  const { GenericContainer, Wait } = await library();
  const container = await new GenericContainer(MYSQL_IMAGE)
    .withEnvironment({ MYSQL_ROOT_PASSWORD: PASSWORD, MYSQL_ROOT_HOST: '%' })
    .withCommand(['--innodb-flush-log-at-trx-commit=1', '--sync-binlog=1', '--max-allowed-packet=64M', '--max-connections=400'])
    .withExposedPorts(3306)
    .withWaitStrategy(Wait.forLogMessage(/port: 3306 /))
    .start();
  const url = `mysql://root:${PASSWORD}@${container.getHost()}:${container.getMappedPort(3306)}/chakong`;
  return { url, stop: async () => void (await container.stop()) };
}

/** The broker tells its clients an address, so the port outside must be known before it starts. */
export async function startKafkaContainer() {
  const { GenericContainer, Wait } = await library();
  const port = await freePort();
  const container = await new GenericContainer(KAFKA_IMAGE)
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_LISTENERS: `PLAINTEXT://:${port},CONTROLLER://:9093`,
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://localhost:${port}`,
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    })
    .withExposedPorts({ container: port, host: port })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .start();
  return { brokers: [`${container.getHost()}:${port}`], stop: async () => void (await container.stop()) };
}
