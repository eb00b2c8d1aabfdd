import { expect, test } from 'vitest'
import { readProcessSettings, readSettings } from '../../operator/config.ts'

const complete = { FINIA_OPERATOR_IMAGE: 'finia-operator:1.0.0', FINIA_API_IMAGE: 'finia:1.0.0', FINIA_RELEASE: '1.0.0', FINIA_OWN_NAMESPACE: 'finia-system' }

test('settings come from the environment, with defaults for what may be left out', () => {
  expect(readSettings({ ...complete, FINIA_NAMESPACES: 'one, two,' })).toEqual({
    settings: {
      operatorImage: 'finia-operator:1.0.0',
      apiImage: 'finia:1.0.0',
      release: '1.0.0',
      ownNamespace: 'finia-system',
      namespaces: ['one', 'two'],
      resyncSeconds: 60,
    },
  })
})

test('everything that is wrong is told at once, each by its name and value', () => {
  const result = readSettings({ FINIA_RELEASE: '1.0.0', FINIA_OWN_NAMESPACE: 'x', FINIA_NAMESPACES: 'Fin_ance', FINIA_RESYNC_SECONDS: '-5' })
  expect('wrong' in result && result.wrong).toEqual([
    expect.stringContaining('FINIA_NAMESPACES names "Fin_ance"'),
    expect.stringContaining('FINIA_RESYNC_SECONDS is "-5"'),
    expect.stringContaining('FINIA_OPERATOR_IMAGE is not set'),
    expect.stringContaining('FINIA_API_IMAGE is not set'),
  ])
})

test('a log level or a port that is none is told by its name and value, and does not keep the program from telling', () => {
  expect(readProcessSettings({})).toEqual({ logLevel: 'info', probePort: 8080, wrong: [] })
  expect(readProcessSettings({ FINIA_LOG_LEVEL: 'loud', FINIA_PROBE_PORT: '99999' })).toEqual({
    logLevel: 'info',
    probePort: 8080,
    wrong: [expect.stringContaining('FINIA_LOG_LEVEL is "loud"'), expect.stringContaining('FINIA_PROBE_PORT is "99999"')],
  })
})
