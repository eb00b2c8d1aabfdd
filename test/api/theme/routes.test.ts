import { expect, test } from 'vitest'
import { anApp } from '../plugins/an-app.ts'

test('anybody gets the colours, by name and as a style sheet', async () => {
  const app = await anApp()
  const get = async (path: string) => {
    const answer = await app.inject({ url: `/api/theme/${path}` })
    return [answer.statusCode, answer.json<unknown>()]
  }
  expect(await get('colors')).toEqual([
    200,
    {
      baseBackground: '#ffffff',
      detailBackground: '#ffffff',
      border: '#e0e0e0',
      textColor: '#111111',
      primaryAccent: '#0078d4',
      primaryAccentHover: '#005a9e',
      primaryAccentPressed: '#004578',
      selectedText: '#ffffff',
      inputBorder: '#cccccc',
      amountNegative: '#d32f2f',
      amountPositive: '#388e3c',
    },
  ])
  const css = [
    ':root {',
    '    --color-bg-base: #ffffff;',
    '    --color-bg-detail: #ffffff;',
    '    --color-border: #e0e0e0;',
    '    --color-text: #111111;',
    '    --color-accent: #0078d4;',
    '    --color-accent-hover: #005a9e;',
    '    --color-accent-pressed: #004578;',
    '    --color-text-selected: #ffffff;',
    '    --color-input-border: #cccccc;',
    '    --color-amount-negative: #d32f2f;',
    '    --color-amount-positive: #388e3c;',
    '}',
  ]
  expect(await get('css')).toEqual([200, { css: css.join('\n') }])
  await app.close()
})
