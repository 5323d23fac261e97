/** How every project of Jest compiles and runs its tests. */
module.exports = {
  testEnvironment: require.resolve('./support/shared-realm-environment'),
  runtime: require.resolve('./support/shared-modules-runtime'),
  transform: {
    '\\.tsx?$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', tsx: true, decorators: true },
          transform: {
            legacyDecorator: true,
            react: { runtime: 'automatic', importSource: 'preact' },
          },
        },
        module: { type: 'commonjs', ignoreDynamic: true },
      },
    ],
  },
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};
