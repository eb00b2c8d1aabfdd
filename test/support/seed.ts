// `make test-long` gives the property tests a seed and more runs; otherwise they choose their own.
const { FINIA_SEED, FINIA_RUNS } = process.env
if (FINIA_SEED) {
  const { default: fc } = await import('fast-check')
  fc.configureGlobal({ seed: Number(FINIA_SEED), numRuns: Number(FINIA_RUNS ?? 1000) })
}
