import tseslint from 'typescript-eslint';

const only = (patterns, message) => ({
  'no-restricted-imports': ['error', { patterns: patterns.map((p) => ({ ...p, message: p.message ?? message })) }],
});
const network = { regex: '^(node:)?(net|http|https|http2|tls|dgram)$', message: 'The runtime never opens a socket.' };
const vscode = { regex: '^vscode$', message: 'Only the extension host imports vscode.' };
const host = {
  regex: '/src/(?!common(/|$))|/webview(/|$)',
  message: 'native-runtime imports only itself and src/common.',
};
const ort = { regex: '^onnxruntime-', message: 'Only native-runtime/device creates ONNX Runtime sessions.' };

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'artifacts/', 'test/fixtures/'] },
  ...tseslint.configs.recommended,
  {
    rules: {
      eqeqeq: 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'No default exports.' },
        { selector: 'ExportAllDeclaration', message: 'No barrels.' },
      ],
    },
  },
  { files: ['native-runtime/**/*.ts'], rules: only([network, vscode, host, ort]) },
  { files: ['native-runtime/device/**/*.ts'], rules: only([network, vscode, host]) },
  {
    files: ['src/common/**/*.ts'],
    rules: only(
      [vscode, { regex: '^node:|^onnxruntime|^sharp|native-runtime|webview/' }],
      'src/common has no environment.',
    ),
  },
  { files: ['*.mjs', '*.config.mts'], rules: { 'no-restricted-syntax': 'off' } },
);
