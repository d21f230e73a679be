export { BankSimulatorModule, type BankSimulatorParts } from './src/bank-simulator.module.js';
export { demoBanks, HBRCU_LEGAL_PERSONS, type BankSetup, type BankWire, type DemoSurroundings } from './src/banks/bank-setup.js';
export { BOOKS_FILE, openBooks, type SimulatorEnvironment } from './src/banks/open-simulator.js';
export type { SimAccess, SimClock } from './src/sim-ports.js';
export { books as simulatorBooks } from './migrations/0001-books.js';
