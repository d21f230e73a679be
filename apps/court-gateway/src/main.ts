import { readBanks } from '#bank-directory';
import { layFoundation, runProcess, startFailed } from '#foundation';
import { OutboxDepth, type Relay } from '#messaging';
import { Lease } from '#persistence';
import { gatewayPartsOn } from './compose-gateway.js';
import { loadConfig } from './config.js';
import { CourtGatewayModule } from './court-gateway.module.js';
import { addGatewayMetrics } from './gateway-metrics.js';
import { GATEWAY_RELAY } from './gateway-parts.js';

const NAME = 'court-gateway';

/** One replica of the gateway in a distributed installation; any number of them may run. */
async function start(): Promise<void> {
  const { process: settings, ledgerUrl, oidc, outboxRowsMax } = loadConfig();
  await runProcess(settings, async (ground) => {
    const own = await gatewayPartsOn(await layFoundation(ground), {
      banks: await readBanks(),
      ledgerUrl,
      holdDelivery: settings.holdDelivery,
      oidc,
      outboxRowsMax,
    });
    const { clock: time, log } = ground;
    const lease = new Lease({
      database: own.database,
      name: 'gateway',
      holder: settings.instance,
      isSoleHolder: settings.isSoleInstance,
      time,
      log,
    });
    const parts = { ...own, leader: lease, receipts: true };
    let depth: OutboxDepth | undefined;
    return {
      module: CourtGatewayModule.forRoot(parts),
      isBehind: () => depth?.isOver ?? false,
      prepare: (app, { registry }) => {
        depth = app.get(OutboxDepth, { strict: false });
        addGatewayMetrics(registry, parts.database.reader, parts.clock);
      },
      // The benches' switch: SIGUSR2 lets held delivery go, and holds it again.
      serving: (app) => toggleDeliveryOnSignal(app.get<Relay>(GATEWAY_RELAY, { strict: false }), settings.holdDelivery),
      job: lease,
    };
  });
}

function toggleDeliveryOnSignal(relay: Relay, heldAtStart: boolean): void {
  let held = heldAtStart;
  process.on('SIGUSR2', () => {
    held = !held;
    relay.hold(held);
  });
}

start().catch((error: unknown) => startFailed(NAME, error));
