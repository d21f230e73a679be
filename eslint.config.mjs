import tseslint from 'typescript-eslint';

const timeAndChance = [
  { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']", message: 'Time comes from the kernel Clock.' },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time comes from the kernel Clock.' },
  { selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']", message: 'Randomness comes from the kernel Entropy.' },
  { selector: "CallExpression[callee.name=/^(randomUUID|randomBytes|randomInt)$/]", message: 'Randomness comes from the kernel Entropy.' },
  { selector: "CallExpression[callee.property.name=/^(randomUUID|randomBytes|randomInt)$/]", message: 'Randomness comes from the kernel Entropy.' },
  { selector: "CallExpression[callee.name=/^(setTimeout|setInterval)$/]", message: 'Timers come from the kernel Clock.' },
];
const environment = [
  { selector: "MemberExpression[object.name='process'][property.name='env']", message: 'Only config.ts reads the environment.' },
];

export default tseslint.config(
  { ignores: ['.build/**', 'node_modules/**', 'data/**', 'coverage/**', 'reports/**', '.stryker-tmp/**', 'test/architecture/fixtures/**'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: false }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'all' }],
      '@typescript-eslint/require-await': 'off',
      'no-empty': ['error', { allowEmptyCatch: false }],
      'no-restricted-syntax': ['error', ...timeAndChance, ...environment],
    },
  },
  {
    // The one place that may touch the runtime's clock and randomness.
    files: ['libs/kernel/clock.ts', 'libs/kernel/entropy.ts'],
    rules: { 'no-restricted-syntax': ['error', ...environment] },
  },
  {
    // Adapters may own library timers; configuration readers may read the environment.
    files: ['apps/*/src/config.ts', 'deploy/**/*.ts', 'test/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...timeAndChance] },
  },
  {
    files: ['**/*.spec.ts', 'test/**/*.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  { files: ['**/*.mjs'], ...tseslint.configs.disableTypeChecked },
);
