import tseslint from 'typescript-eslint';

/** Relative imports that climb into one of these top-level folders. */
const into = (folders) => `^(\\.\\./)+(${folders})(/|$)`;
const noImports = (...patterns) => ({ '@typescript-eslint/no-restricted-imports': ['error', { patterns }] });
const worldReads = [
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'Time is an argument here.',
  },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time is an argument here.' },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'Randomness is an argument here.',
  },
  { selector: "MemberExpression[object.name='process']", message: 'Only entry points read the process.' },
];

export default tseslint.config(
  {
    ignores: [
      'node_modules/**',
      'schemas/generated/**',
      '**/dist/**',
      '.floorwalker/**',
      'tmp/**',
      '**/*.mjs',
      '**/*.cjs',
      '*.config.*',
      'console/*.config.*',
    ],
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { project: ['./tsconfig.json', './console/tsconfig.json'], tsconfigRootDir: import.meta.dirname },
    },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/only-throw-error': 'error',
    },
  },
  {
    files: ['domain/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      ...noImports(
        { regex: '^[^.]', message: 'domain imports nothing but itself.' },
        { regex: into('workflows|activities|workers|api|services|adapters|config|detectors|stack') },
      ),
      'no-restricted-syntax': ['error', ...worldReads],
    },
  },
  {
    files: ['workflows/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: noImports(
      {
        regex: '^(?!@temporalio/workflow$|@temporalio/common$)[^.]',
        allowTypeImports: true,
        message: 'Workflows import only @temporalio/workflow.',
      },
      { regex: into('activities'), allowTypeImports: true },
      { regex: into('workers|api|services|adapters|config|detectors|stack') },
    ),
  },
  {
    files: ['services/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: noImports(
      { regex: into('api|activities|workflows|workers|detectors|stack|config') },
      { regex: '^@temporalio/' },
      { regex: '^(express|minio|twilio|mqtt)$' },
    ),
  },
  {
    files: ['api/**/*.ts'],
    ignores: ['api/main.ts', '**/*.test.ts'],
    rules: noImports(
      { regex: into('adapters'), allowTypeImports: true },
      { regex: into('activities|workers|detectors|stack|config') },
      { regex: '^(pg|minio)$' },
    ),
  },
  {
    files: ['adapters/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: noImports({ regex: into('services|activities|api|workers|workflows|detectors|stack|config') }),
  },
);
