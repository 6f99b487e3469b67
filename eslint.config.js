import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

// Columns of numbers are read by index all day: there `xs[i]!` says no more than the loop around it.
const kernels = ['packages/{engine,market,statistics}/src/**/*.ts']

export default defineConfig(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/*.js', '**/fixtures/**'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strict, tseslint.configs.strictTypeCheckedOnly],
    languageOptions: { parserOptions: { project: './tsconfig.check.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      complexity: ['error', 10],
      'max-params': ['error', 4],
      eqeqeq: 'error',
      'no-restricted-syntax': ['error', { selector: 'TSEnumDeclaration', message: 'use a union of literals' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // Handlers and ports are asynchronous by contract, whatever this implementation awaits.
      '@typescript-eslint/require-await': 'off',
      // Ports are objects of functions that never use `this`.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      // Slow rules about what this code has none of: enums and class hierarchies.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // Ports are objects of functions that never use `this`.
    },
  },
  { files: kernels, rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
  {
    files: ['**/*.test.ts', '**/testing/**', 'bench/**', 'tests/**'],
    rules: {
      complexity: 'off',
      'max-params': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
)
