import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { keepRunning } from './kept.mjs';
import { ensureProgram, freePort, runToEnd } from './program.mjs';

const READY_MS_MAX = 60_000;
const ADMIN = 'chakong_admin';

/**
 * A MariaDB server of this installation alone: data folder, socket and port of its own, every commit on disk before it is acknowledged.
 * @returns {Promise<{url: string, kept: import('./kept.mjs').Kept}>} the account may create databases and users
 */
export async function startMariadb({ folder, log, onRestart }) {
  await ensureProgram('mariadbd', ['mariadb-server'], log);
  const home = path.join(folder, 'mariadb');
  const data = path.join(home, 'data');
  // A server that starts removes what it takes for the leavings of another one from its folder for temporary tables.
  const temporary = path.join(path.resolve(home), 'tmp');
  mkdirSync(temporary, { recursive: true });
  const user = process.getuid?.() === 0 ? ['--user=root'] : [];
  if (!existsSync(path.join(data, 'mysql'))) {
    const args = ['--no-defaults', ...user, `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'];
    await runToEnd('mariadb-install-db', args, { env: { ...process.env, TMPDIR: temporary } });
  }
  const password = secretIn(path.join(home, 'admin.password'));
  const init = path.join(home, 'init.sql');
  writeFileSync(init, initScript(password), { mode: 0o600 });
  const port = await freePort();
  const kept = await keepRunning({
    name: 'mariadb',
    program: 'mariadbd',
    args: ['--no-defaults', ...user, ...settings({ home, data, temporary, init, port })],
    port,
    logFile: path.join(home, 'server.log'),
    readyMsMax: READY_MS_MAX,
    log,
    onRestart,
  });
  // Whoever does not know `socketPath` comes by the port; a socket costs both sides about half of what the loopback interface does.
  const socket = encodeURIComponent(path.join(path.resolve(home), 'socket'));
  return { url: `mysql://${ADMIN}:${password}@127.0.0.1:${port}/chakong?socketPath=${socket}`, kept };
}

function settings({ home, data, temporary, init, port }) {
  return [
    `--datadir=${data}`,
    `--tmpdir=${temporary}`,
    `--socket=${path.join(home, 'socket')}`,
    `--port=${port}`,
    `--init-file=${init}`,
    '--bind-address=127.0.0.1',
    '--skip-name-resolve',
    '--innodb-flush-log-at-trx-commit=1',
    '--skip-log-bin',
    '--innodb-buffer-pool-size=512M',
    '--innodb-log-file-size=256M',
    '--max-allowed-packet=64M',
    '--max-connections=400',
    '--character-set-server=utf8mb4',
  ];
}

/** Run by the server at each start, before it accepts anyone. */
function initScript(password) {
  return [
    ...['127.0.0.1', 'localhost'].flatMap((host) => [
      `CREATE USER IF NOT EXISTS '${ADMIN}'@'${host}' IDENTIFIED BY '${password}';`,
      `ALTER USER '${ADMIN}'@'${host}' IDENTIFIED BY '${password}';`,
      `GRANT ALL PRIVILEGES ON *.* TO '${ADMIN}'@'${host}' WITH GRANT OPTION;`,
    ]),
    "ALTER USER 'root'@'localhost' ACCOUNT LOCK;",
    '',
  ].join('\n');
}

function secretIn(file) {
  if (!existsSync(file)) writeFileSync(file, randomBytes(18).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}
