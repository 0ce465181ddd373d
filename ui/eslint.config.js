import hooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const words = 'Text for people comes from the catalogue (src/shared/i18n).';
const features = ['templates', 'playground', 'evaluations', 'jobs', 'dead-letters', 'dashboard', 'settings', 'sign-in'];

export default tseslint.config(
  { ignores: ['generated', 'node_modules', 'public'] },
  ...tseslint.configs.strict,
  {
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
    },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': hooks },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
    },
  },
  {
    files: ['src/**/*.tsx'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'JSXText[value=/[A-Za-z]/]', message: words },
        {
          selector: 'JSXAttribute[name.name=/^(label|title|placeholder|aria-label|description)$/] > Literal',
          message: words,
        },
        { selector: 'JSXAttribute[name.name="dangerouslySetInnerHTML"]', message: 'Nothing is ever put in as HTML.' },
      ],
    },
  },
  { files: ['e2e/**', 'bench/**'], rules: { 'no-console': 'off', 'no-empty-pattern': 'off' } },
  {
    files: ['src/shared/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['@/features/*', '@/app/*'] }] },
  },
  ...features.map((feature) => ({
    files: [`src/features/${feature}/**`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            '@/app/*',
            ...features.filter((other) => other !== feature).map((other) => `@/features/${other}/*`),
          ],
        },
      ],
    },
  })),
);
