export * from './bank-directory.js';
