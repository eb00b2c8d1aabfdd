import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestDatabase } from '../environment.ts'
import { aHousehold } from './household.ts'
import { detail, json, type Row, stamp, type Target, tell, testRows, upload } from './rows.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await aHousehold()
})
afterAll(() => database.close())

const success = { status: 'success' }
/** Every kind of setting is a free object: a list, or nothing, is refused. */
const free = (target: Target): readonly Row[] => [
  [`${target} wants an object, not a list`, target, json([]), 422],
  [`${target} wants an object, not nothing`, target, undefined, 422],
  [`${target} wants an object, not a text`, target, json('x'), 422],
]

describe('categories of share bookings', () => {
  const path = '/settings/shares-tx-categories'
  testRows(
    () => database,
    [
      ['are listed in the order in which they came', `GET ${path}`, undefined, 200, { categories: [{ category_id: 1, type: 'buy' }] }],
      ['are answered as they were sent', `POST ${path}`, json({ category_id: '1', type: 'buy' }), 200, { ...success, category_id: '1', type: 'buy' }],
      [
        'are stored as often as they are sent',
        `GET ${path}`,
        undefined,
        200,
        {
          categories: [
            { category_id: 1, type: 'buy' },
            { category_id: 1, type: 'buy' },
          ],
        },
      ],
      ['need a type', `POST ${path}`, json({ category_id: 1 }), 400, detail('category_id and type required')],
      ['need a category', `POST ${path}`, json({ type: 'buy' }), 400, detail('category_id and type required')],
      ['need one of three types', `POST ${path}`, json({ category_id: 1, type: 'gift' }), 400, detail('type must be buy, sell, or dividend')],
      ['need a number', `POST ${path}`, json({ category_id: 'Kauf', type: 'buy' }), 400],
      ['are removed with their copies, by a body', `DELETE ${path}`, json({ category_id: 1, type: 'buy' }), 200, success],
      ['are removed once', `DELETE ${path}`, json({ category_id: 1, type: 'buy' }), 404, detail('Setting not found')],
      ['are not removed without a type', `DELETE ${path}`, json({ category_id: 1 }), 400, detail('category_id and type required')],
      ...free(`POST ${path}`),
      ...free(`DELETE ${path}`),
    ],
  )
})

describe('formats', () => {
  const path = '/settings/import-formats'
  const needed = detail('name and config (object) are required')
  testRows(
    () => database,
    [
      [
        'are answered as they were sent',
        `POST ${path}`,
        json({ name: 'mine', config: { a: [1, null, 'x'] } }),
        200,
        { id: 8, name: 'mine', config: { a: [1, null, 'x'] } },
      ],
      ['need a name', `POST ${path}`, json({ config: {} }), 400, needed],
      ['need a config', `POST ${path}`, json({ name: 'x' }), 400, needed],
      ['need a config that is an object', `POST ${path}`, json({ name: 'x', config: [] }), 400, needed],
      ['need a name of their own', `POST ${path}`, json({ name: 'csv-cb', config: {} }), 409, detail("Format 'csv-cb' already exists")],
      [
        'are changed, also into themselves',
        `PUT ${path}/8`,
        json({ name: 'mine', config: { a: [1, null, 'x'] } }),
        200,
        { id: 8, name: 'mine', config: { a: [1, null, 'x'] } },
      ],
      ['are not changed into another', `PUT ${path}/8`, json({ name: 'csv-cb', config: {} }), 409, detail("Format 'csv-cb' already exists")],
      ['are not changed into nothing', `PUT ${path}/8`, json({ name: '', config: {} }), 400, needed],
      ['are not changed when they do not exist', `PUT ${path}/99`, json({ name: 'x', config: {} }), 404, detail('Format not found')],
      ['are other settings than rules: a rule is not changed', `PUT ${path}/2`, json({ name: 'x', config: {} }), 404, detail('Format not found')],
      ['are other settings than rules: a rule is not deleted', `DELETE ${path}/2`, undefined, 404, detail('Format not found')],
      ['are deleted', `DELETE ${path}/8`, undefined, 200, success],
      ['are deleted once', `DELETE ${path}/8`, undefined, 404, detail('Format not found')],
      [
        'are named in the order in which they came',
        'GET /transactions/import-formats',
        undefined,
        200,
        { success: true, formats: ['csv-cb', 'csv-spk', 'csv-mintos', 'csv-loan'] },
      ],
      [
        'come from YAML by their names',
        `POST ${path}/upload-yaml`,
        upload('formats: { csv-cb: { a: 1 }, neu: { b: 2 }, bad: 5 }'),
        200,
        { ...success, imported_count: 2, total_formats: 3, errors: [expect.stringContaining("'bad'")] },
      ],
      ['come from YAML that has none', `POST ${path}/upload-yaml`, upload('other: 1'), 200, { ...success, imported_count: 0, total_formats: 0, errors: null }],
      ['come from YAML only', `POST ${path}/upload-yaml`, upload('a: ['), 400, detail(/^YAML parsing error: /)],
      ['come from YAML with a dictionary', `POST ${path}/upload-yaml`, upload('- a'), 400, detail('YAML file must contain a dictionary')],
      ['come from YAML with a dictionary of formats', `POST ${path}/upload-yaml`, upload('formats: [a]'), 400, detail(/^YAML root must have 'formats' key/)],
      ['come from a file', `POST ${path}/upload-yaml`, undefined, 422],
      ...free(`POST ${path}`),
      ...free(`PUT ${path}/3`),
    ],
  )

  test('a date in YAML is the text that it is; a number that JSON does not know is told', async () => {
    const file = 'formats: { dated: { since: 2024-01-01 }, endless: { size: .inf } }'
    expect(await tell(database, `POST ${path}/upload-yaml`, upload(file))).toEqual([
      200,
      { ...success, imported_count: 1, total_formats: 2, errors: [expect.stringContaining("'endless'")] },
    ])
    const [, body] = await tell(database, `GET ${path}`)
    expect((body as { formats: readonly object[] }).formats.at(-1)).toMatchObject({ name: 'dated', config: { since: '2024-01-01' } })
  })
})

describe('account types', () => {
  const path = '/settings/account-types'
  const needed = detail("'type' field is required and must be a non-empty string")
  testRows(
    () => database,
    [
      [
        'are listed by id',
        `GET ${path}`,
        undefined,
        200,
        {
          account_types: ['Girokonto', 'Wertpapierdepot', 'Darlehen', 'Krypto', 'Investmentplattform'].map((type, index) => ({
            id: index + 1,
            type,
            dateImport: stamp,
          })),
        },
      ],
      ['lose the blanks around them', `POST ${path}`, json({ type: ' Sparbuch ' }), 200, { ...success, id: 6, type: 'Sparbuch' }],
      ['need a text', `POST ${path}`, json({ type: 5 }), 400, needed],
      ['need a text that is not blank', `POST ${path}`, json({ type: '  ' }), 400, needed],
      ['are unique whatever case and accents', `POST ${path}`, json({ type: 'SPÄRBUCH' }), 409, detail("Account type 'SPÄRBUCH' already exists")],
      ['are changed, also into themselves', `PUT ${path}/6`, json({ type: 'Sparbuch' }), 200, { ...success, id: 6, type: 'Sparbuch' }],
      ['are not changed into another', `PUT ${path}/6`, json({ type: 'krypto' }), 409, detail("Account type 'krypto' already exists")],
      ['are not changed into nothing', `PUT ${path}/6`, json({}), 400, needed],
      ['are not changed when they do not exist', `PUT ${path}/99`, json({ type: 'x' }), 404, detail('Account type with ID 99 not found')],
      ['stay while accounts have them', `DELETE ${path}/1`, undefined, 409, detail('Cannot delete account type: still in use by existing accounts')],
      ['go', `DELETE ${path}/6`, undefined, 200, success],
      ['go once', `DELETE ${path}/6`, undefined, 404, detail('Account type with ID 6 not found')],
      ...free(`POST ${path}`),
      ...free(`PUT ${path}/1`),
    ],
  )
})

describe('planning cycles', () => {
  const path = '/settings/planning-cycles'
  const cycle = { cycle: 'neu', periodValue: '2.5', periodUnit: 'm' }
  testRows(
    () => database,
    [
      ['are answered with the period as it was sent', `POST ${path}`, json({ ...cycle, cycle: ' neu ' }), 200, { ...success, id: 9, ...cycle }],
      ['may go backwards', `PUT ${path}/9`, json({ ...cycle, periodValue: -1 }), 200, { ...success, id: 9, ...cycle, periodValue: -1 }],
      ['first need a name', `POST ${path}`, json({ periodUnit: 'w' }), 400, detail("'cycle' field is required and must be a non-empty string")],
      ['then a period', `POST ${path}`, json({ cycle: 'x', periodUnit: 'w' }), 400, detail("'periodValue' field is required")],
      ['then a unit', `POST ${path}`, json({ cycle: 'x', periodValue: 'x', periodUnit: 'w' }), 400, detail("'periodUnit' must be one of: d, m, y")],
      [
        'then a period that is a number',
        `POST ${path}`,
        json({ cycle: 'x', periodValue: 'x', periodUnit: 'd' }),
        400,
        detail("'periodValue' must be a number"),
      ],
      ['need a name of their own', `POST ${path}`, json({ ...cycle, cycle: 'Monatlich' }), 409, detail("Planning cycle 'Monatlich' already exists")],
      ['are not changed into another', `PUT ${path}/9`, json({ ...cycle, cycle: 'Monatlich' }), 409, detail("Planning cycle 'Monatlich' already exists")],
      ['are not changed when they do not exist', `PUT ${path}/99`, json(cycle), 404, detail('Planning cycle with ID 99 not found')],
      ['stay while plannings have them', `DELETE ${path}/5`, undefined, 409, detail('Cannot delete planning cycle: still in use by existing planning entries')],
      ['go', `DELETE ${path}/9`, undefined, 200, success],
      ['go once', `DELETE ${path}/9`, undefined, 404, detail('Planning cycle with ID 9 not found')],
      [
        'come from YAML',
        `POST ${path}/import-yaml`,
        upload('planningCycle: [{ cycle: aus YAML }]'),
        200,
        { ...success, message: 'Planning cycles YAML file successfully imported.' },
      ],
      ['come from YAML only', `POST ${path}/import-yaml`, upload('a: ['), 400, detail(/^Invalid YAML file: /)],
      ['come from YAML that has them', `POST ${path}/import-yaml`, upload('a: 1'), 400, detail("YAML file does not contain a 'planningCycle' section.")],
      ['come from YAML that lists them', `POST ${path}/import-yaml`, upload('planningCycle: { a: 1 }'), 400, detail("'planningCycle' must be a list.")],
      ...free(`POST ${path}`),
      ...free(`PUT ${path}/1`),
    ],
  )

  test('are listed by id, the period as a number, with two decimals at most', async () => {
    await tell(database, `POST ${path}`, json({ ...cycle, cycle: 'genau', periodValue: '1.255' }))
    const [status, body] = await tell(database, `GET ${path}`)
    const { planning_cycles: cycles } = body as { planning_cycles: readonly { id: number }[] }
    expect([status, cycles[5], cycles.at(-1)]).toEqual([
      200,
      { id: 6, cycle: 'vierteljährlich', periodValue: 3, periodUnit: 'm', dateImport: stamp },
      { id: expect.any(Number) as number, cycle: 'genau', periodValue: 1.26, periodUnit: 'm', dateImport: stamp },
    ])
    expect(cycles.map(({ id }) => id)).toEqual(cycles.map(({ id }) => id).toSorted((a, b) => a - b))
  })
})
