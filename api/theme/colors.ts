// The colours of the original, as the values that pages ask for and as a style sheet. Pure.

interface Color {
  readonly name: string
  readonly property: string
  readonly value: string
}

const palette: readonly Color[] = [
  { name: 'baseBackground', property: 'bg-base', value: '#ffffff' },
  { name: 'detailBackground', property: 'bg-detail', value: '#ffffff' },
  { name: 'border', property: 'border', value: '#e0e0e0' },
  { name: 'textColor', property: 'text', value: '#111111' },
  { name: 'primaryAccent', property: 'accent', value: '#0078d4' },
  { name: 'primaryAccentHover', property: 'accent-hover', value: '#005a9e' },
  { name: 'primaryAccentPressed', property: 'accent-pressed', value: '#004578' },
  { name: 'selectedText', property: 'text-selected', value: '#ffffff' },
  { name: 'inputBorder', property: 'input-border', value: '#cccccc' },
  { name: 'amountNegative', property: 'amount-negative', value: '#d32f2f' },
  { name: 'amountPositive', property: 'amount-positive', value: '#388e3c' },
]

export const colors: Readonly<Record<string, string>> = Object.fromEntries(palette.map(({ name, value }) => [name, value]))

export const colorCss = `:root {\n${palette.map(({ property, value }) => `    --color-${property}: ${value};`).join('\n')}\n}`
