import { demoPassword, type DemoMode, type DemoPassword } from '#foundation';
import type { GatewayParts } from '../../court-gateway/src/gateway-parts.js';
import { seedDemo } from '../../court-gateway/src/use-cases/seed-demo/seed-demo.js';

export interface SeedSettings {
  readonly dataDir: string;
  readonly demo: DemoMode;
  readonly demoPassword: string | undefined;
}

/** Demo users and registers, and the line that shows a new password once. Undefined when an earlier start has shown and forgotten it. */
export async function seed(
  gateway: GatewayParts,
  settings: SeedSettings,
  write: (line: string) => void,
): Promise<DemoPassword | undefined> {
  if (settings.demo === 'off') return undefined;
  const users = await gateway.database.reader.one<{ n: number }>('SELECT count(*) AS n FROM users');
  const password = await demoPassword(settings.dataDir, settings.demoPassword, users?.n === 0, gateway.entropy);
  if (!password) return undefined;
  await seedDemo(gateway, { password: password.text, mode: settings.demo });
  write(`演示用户：officer officer2 judge leader auditor clerk.wrcb reviewer.wrcb admin admin2`);
  write(`演示密码：${settings.demoPassword === undefined ? password.text : '（取自 CHAKONG_DEMO_PASSWORD）'}`);
  return password;
}
