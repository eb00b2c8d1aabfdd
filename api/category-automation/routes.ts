import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../deps.ts'
import { BadRequest } from '../errors.ts'
import { RuleRequest } from './rule.ts'
import { chosenRules, createRule, namedRule, removeRule, replaceRule, type Written as WrittenRule } from './rules.ts'
import { ById, Deleted, RuleAnswer, RuleList, RuleQuery, TestAnswer, TestBody, Written } from './schema.ts'
import { tryRule } from './trial.ts'

type RuleDeps = Pick<Deps, 'clock' | 'random'>

const answerOf = ({ rule, created }: WrittenRule) => ({ id: rule.id, message: `Rule ${created ? 'created' : 'updated'} successfully.`, rule })

const writing: FastifyPluginAsyncTypebox<RuleDeps> = async (app, deps) => {
  app.post(
    '/rules',
    { config: { operation: 'create rule' }, schema: { summary: 'Create a rule', body: RuleRequest, response: { 200: Written } } },
    async ({ db, body }) => answerOf(await createRule(db, deps, body)),
  )

  app.put(
    '/rules/:rule_id',
    {
      config: { operation: 'update rule' },
      schema: { summary: 'Replace a rule', refuses: [404], params: ById, body: RuleRequest, response: { 200: Written } },
      preValidation: async ({ body }) => {
        if (body === undefined || body === null) throw new BadRequest('Rule data is required.')
      },
    },
    async ({ db, params, body }) => answerOf(await replaceRule(db, deps, params.rule_id, body)),
  )

  app.delete(
    '/rules/:rule_id',
    { config: { operation: 'delete rule' }, schema: { summary: 'Delete a rule', refuses: [404], params: ById, response: { 200: Deleted } } },
    async ({ db, params }) => {
      await removeRule(db, params.rule_id)
      return { message: 'Rule deleted successfully.', id: params.rule_id }
    },
  )
}

export const automationRoutes: FastifyPluginAsyncTypebox<RuleDeps> = async (app, deps) => {
  const fetching = { operation: 'fetch rules' }

  app.get(
    '/rules',
    { config: fetching, schema: { summary: 'The rules, the most important first', querystring: RuleQuery, response: { 200: RuleList } } },
    async ({ db, query }) => {
      const rules = await chosenRules(db, query)
      return { rules, total: rules.length }
    },
  )

  app.get(
    '/rules/:rule_id',
    { config: fetching, schema: { summary: 'One rule', refuses: [404], params: ById, response: { 200: RuleAnswer } } },
    async ({ db, params }) => namedRule(db, params.rule_id),
  )

  await app.register(writing, { clock: deps.clock, random: deps.random })

  app.post(
    '/test-rule',
    { config: { operation: 'test rule' }, schema: { summary: 'Try a rule on a booking; nothing is stored', body: TestBody, response: { 200: TestAnswer } } },
    async ({ body }) => tryRule(deps.clock, body),
  )
}
