export * from './case.js';
export { orderForCore } from './order-writer.js';
export { NotConformant, must } from './expect.js';
export { CASES, casesOf, type PlacedCase } from './table.js';
export { accountsOf, debtorOf, fixtureOf, type FixtureAccount, type FixtureCustomer } from './fixture.js';
