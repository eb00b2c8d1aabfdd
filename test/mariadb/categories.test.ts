import { afterEach, beforeEach, expect, test } from 'vitest'
import { aDatabase, type TestDatabase } from './environment.ts'
import { ask, sendForm } from './import-form.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await aDatabase()
  await create('Haus')
  await create('Strom', 1)
  await create('Abschlag', 2)
})
afterEach(() => database.close())

const create = (name: string, parent_id?: number) => ask(database, 'POST', '/api/categories/', { name, ...(parent_id !== undefined && { parent_id }) })
const change = (id: number, payload: object) => ask(database, 'PUT', `/api/categories/${id}`, payload)
const fullNames = async () => {
  const { body } = await ask<{ categories: readonly { fullname: string }[] }>(database, 'GET', '/api/categories/list')
  return body.categories.map(({ fullname }) => fullname)
}

test('the tree is listed by full name and by plain name, page by page and whole', async () => {
  const named = [
    { id: 1, name: 'Haus', fullname: 'Haus' },
    { id: 2, name: 'Strom', fullname: 'Haus - Strom' },
    { id: 3, name: 'Abschlag', fullname: 'Haus - Strom - Abschlag' },
  ]
  const tree = [
    { id: 3, name: 'Abschlag', parent_id: 2 },
    { id: 1, name: 'Haus', parent_id: null },
    { id: 2, name: 'Strom', parent_id: 1 },
  ]
  const get = async (path: string) => (await ask(database, 'GET', `/api/categories${path}`)).body
  expect(await get('/')).toEqual({ categories: named, page: 1, page_size: 100, total: 3 })
  expect(await get('/?page=2&page_size=2')).toEqual({ categories: named.slice(2), page: 2, page_size: 2, total: 3 })
  expect(await get('/list')).toEqual({ categories: named.map(({ id, fullname }) => ({ id, fullname })) })
  expect(await get('/hierarchy?page_size=2')).toEqual({ categories: tree.slice(0, 2), page: 1, page_size: 2, total: 3 })
  expect(await get('/hierarchy/all')).toEqual({ categories: tree })
  expect(await get('/3')).toEqual({ id: 3, name: 'Abschlag', parent_id: 2 })
})

test('a new category has the highest id plus one', async () => {
  await ask(database, 'DELETE', '/api/categories/3')
  expect(await create('Gas', 1)).toEqual({ status: 200, body: { id: 3, name: 'Gas', parent_id: 1 } })
})

test('many created at once all get an id of their own', async () => {
  const created = await Promise.all(Array.from({ length: 10 }, (_, index) => create(`K${index}`)))
  expect(created.map(({ status }) => status)).toEqual(Array(10).fill(200))
  expect((await fullNames()).length).toBe(13)
})

test('a change leaves what was not sent; null as parent moves to the top', async () => {
  expect((await change(3, { name: 'Rate' })).body).toEqual({ id: 3, name: 'Rate', parent_id: 2 })
  expect((await change(3, { parent_id: null })).body).toEqual({ id: 3, name: 'Rate', parent_id: null })
  expect((await change(3, { parent_id: 1 })).body).toEqual({ id: 3, name: 'Rate', parent_id: 1 })
  expect((await change(3, {})).body).toEqual({ id: 3, name: 'Rate', parent_id: 1 })
  expect(await fullNames()).toEqual(['Haus', 'Haus - Rate', 'Haus - Strom'])
})

test('a category cannot be moved below itself, not even by two moves at once', async () => {
  expect((await change(1, { parent_id: 1 })).status).toBe(400)
  expect((await change(1, { parent_id: 3 })).status).toBe(400)
  await create('Boot')
  // Often enough that both would be looked at before either is done, were they not kept apart.
  for (let round = 0; round < 25; round++) {
    const answers = await Promise.all([change(1, { parent_id: 4 }), change(4, { parent_id: 1 })])
    expect(answers.map(({ status }) => status)).toEqual(expect.arrayContaining([200, 400]))
    await Promise.all([change(1, { parent_id: null }), change(4, { parent_id: null })])
  }
  expect(await fullNames()).toHaveLength(4)
})

test('the children of a deleted category move up', async () => {
  expect(await ask(database, 'DELETE', '/api/categories/2')).toEqual({ status: 200, body: { message: 'Category 2 deleted successfully' } })
  expect(await fullNames()).toEqual(['Haus', 'Haus - Abschlag'])
  await ask(database, 'DELETE', '/api/categories/1')
  expect(await fullNames()).toEqual(['Abschlag'])
})

test('what is wrong is refused and changes nothing', async () => {
  const statuses = [
    await create('STRÖM'),
    await create('Neu', 99),
    await create('Neu', 0),
    await create('x'.repeat(129)),
    await create('😀'),
    await ask(database, 'POST', '/api/categories/', { name: 5 }),
    await change(2, { name: null }),
    await change(2, { name: 'Haus' }),
    await change(2, { parent_id: 99 }),
    await change(99, { name: 'x' }),
    await ask(database, 'GET', '/api/categories/99'),
    await ask(database, 'DELETE', '/api/categories/99'),
  ].map(({ status }) => status)
  expect(statuses).toEqual([409, 404, 404, 422, 422, 422, 422, 409, 404, 404, 404, 404])
  expect(await fullNames()).toEqual(['Haus', 'Haus - Strom', 'Haus - Strom - Abschlag'])
})

const upload = (text: string | Uint8Array<ArrayBuffer>) => sendForm(database, '/api/categories/import-yaml', { file: new Blob([text]) })

test('a YAML file adds its tree in document order to what is there, and a second time nothing', async () => {
  const file =
    'categories:\n- name: HAUS\n  subcategories: [{ name: Gas }, { name: ström, subcategories: [{ name: Zähler }] }]\n- { name: Auto, subcategories: null }\n'
  for (const _turn of [1, 2]) {
    expect(await upload(file)).toEqual({ status: 200, body: { status: 'success', message: 'Categories YAML file successfully imported.' } })
    const { body } = await ask<{ categories: readonly { id: number; fullname: string }[] }>(database, 'GET', '/api/categories/list')
    expect(body.categories).toEqual([
      { id: 6, fullname: 'Auto' },
      { id: 1, fullname: 'Haus' },
      { id: 4, fullname: 'Haus - Gas' },
      { id: 2, fullname: 'Haus - Strom' },
      { id: 3, fullname: 'Haus - Strom - Abschlag' },
      { id: 5, fullname: 'Haus - Strom - Zähler' },
    ])
  }
})

test('a YAML file whose name stands elsewhere, in the tree or in the file, adds nothing at all', async () => {
  for (const file of ['categories: [{ name: Neu }, { name: Abschlag }]', 'categories: [{ name: Neu, subcategories: [{ name: NEU }] }]']) {
    expect(await upload(file)).toMatchObject({ status: 409 })
  }
  expect(await fullNames()).toHaveLength(3)
})

test('two files at once, and categories that are created meanwhile, all arrive', async () => {
  const trees = ['A', 'B', 'C'].map((name) => `categories: [{ name: ${name}, subcategories: [{ name: ${name}1 }] }, { name: Haus }]`)
  const answers = await Promise.all([...trees.map(upload), ...['X', 'Y', 'Z'].map((name) => create(name))])
  expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200))
  expect(await fullNames()).toHaveLength(12)
})

test('a YAML file that cannot be used is refused with a sentence', async () => {
  const detailOf = async (text: string | Uint8Array<ArrayBuffer>) => {
    const { status, body } = await upload(text)
    return [status, (body as { detail: unknown }).detail]
  }
  expect(await detailOf('x: 1')).toEqual([400, "YAML file does not contain a 'categories' section."])
  expect(await detailOf('- 1')).toEqual([400, "YAML file does not contain a 'categories' section."])
  expect(await detailOf('')).toEqual([400, "YAML file does not contain a 'categories' section."])
  expect(await detailOf('categories: { name: A }')).toEqual([400, "'categories' must be a list."])
  expect(await detailOf('categories: [')).toEqual([400, expect.stringMatching(/^Invalid YAML file: /)])
  expect(await detailOf('categories: &a [*a]')).toEqual([400, expect.stringMatching(/^Invalid YAML file: /)])
  expect(await detailOf(new Uint8Array([0x66, 0xfc]))).toEqual([400, 'Invalid YAML file: it is not UTF-8'])
  expect(await detailOf('categories: [{ name: 5 }]')).toEqual([400, 'Invalid YAML file: categories.0.name is 5; write a text of 1 to 128 characters.'])
  expect(await detailOf('categories: [{ name: 🏠 }]')).toEqual([400, expect.stringContaining('take it out')])
  expect(await detailOf(`categories: [{ name: "${'x'.repeat(262_144)}" }]`)).toEqual([413, expect.stringContaining('smaller parts')])
  expect((await sendForm(database, '/api/categories/import-yaml', {})).status).toBe(422)
  expect(await fullNames()).toHaveLength(3)
})
