import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { colorCss, colors } from './colors.ts'

const Colors = Type.Object(Object.fromEntries(Object.keys(colors).map((name) => [name, Type.String()])))
const Css = Type.Object({ css: Type.String() })

export const themeRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const config = { public: true, operation: 'fetch theme' }
  app.get('/colors', { config, schema: { summary: 'The colours by name', response: { 200: Colors } } }, async () => colors)
  app.get('/css', { config, schema: { summary: 'The colours as a style sheet', response: { 200: Css } } }, async () => ({ css: colorCss }))
}
