import sql from 'sql-template-tag'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestDatabase } from '../environment.ts'
import { aHousehold } from './household.ts'
import { detail, issue, json, tell, testRows, upload } from './rows.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await aHousehold()
})
afterAll(() => database.close())

describe('what is done to many', () => {
  testRows(
    () => database,
    [
      ['marking needs a list', 'POST /transactions/mark-checked', json({}), 422, issue('missing', 'body', 'transaction_ids')],
      ['marking needs numbers', 'POST /transactions/mark-checked', json({ transaction_ids: ['x'] }), 422, issue('int_parsing', 'body', 'transaction_ids', 0)],
      [
        'marking takes numbers as texts, and what is unknown or named twice changes nothing',
        'POST /transactions/mark-checked',
        json({ transaction_ids: ['2', 2, 99, -1] }),
        200,
        { updated_entries: 1 },
      ],
      ['checked may be said in words', 'POST /transactions/mark-checked', json({ transaction_ids: [2], checked: 'No' }), 200, { updated_entries: 1 }],
      [
        'checked is yes or no',
        'POST /transactions/mark-checked',
        json({ transaction_ids: [2], checked: 'maybe' }),
        422,
        issue('bool_parsing', 'body', 'checked'),
      ],
      ['categorising needs a body, which may be empty', 'POST /transactions/auto-categorize', undefined, 422, issue('missing', 'body')],
      [
        'categorising says what it did; the account is ignored',
        'POST /transactions/auto-categorize',
        json({ account_id: 99 }),
        200,
        { success: true, categorized: expect.any(Number) as number, total_checked: expect.any(Number) as number, message: 'Transactions categorized.' },
      ],
      ['an import of folders needs a body', 'POST /transactions/import', undefined, 422, issue('missing', 'body')],
      [
        'an import of folders says when an account has none',
        'POST /transactions/import',
        json({ account_id: 1 }),
        404,
        detail('No import configuration found for account ID 1'),
      ],
      [
        'an import of all folders is done also when there are none',
        'POST /transactions/import',
        json({ account_id: 0 }),
        200,
        { success: true, message: 'Import completed for all accounts.' },
      ],
      ['there is no way to make a transaction', 'POST /transactions/', json({}), 405, detail('Method Not Allowed')],
      ['there is no way to delete a transaction', 'DELETE /transactions/1', undefined, 405, detail('Method Not Allowed')],
      ['a file needs a format', 'POST /transactions/import-csv', upload('x', { account_id: '1' }), 422, issue('missing', 'body', 'format')],
      [
        'an unknown format is told before a missing account',
        'POST /transactions/import-csv',
        upload('x', { format: 'csv-no' }),
        400,
        detail(/^Invalid format 'csv-no': /),
      ],
      [
        'a file without a column for accounts needs one',
        'POST /transactions/import-csv',
        upload('Valuta;Betrag\n', { format: 'csv-cb' }),
        400,
        detail('Account ID is required for this format (no account column in CSV)'),
      ],
      [
        'an account that does not exist is 404',
        'POST /transactions/import-csv',
        upload('Valuta;Betrag\n01.01.2024;1\n', { format: 'csv-cb', account_id: '99' }),
        404,
      ],
      ['an empty file is told', 'POST /transactions/import-csv', upload('', { format: 'csv-cb', account_id: '1' }), 400, detail(/^CSV file error: /)],
      [
        'an account left empty is one that was not sent',
        'POST /transactions/import-csv',
        upload('Valuta;Betrag\n', { format: 'csv-cb', account_id: '' }),
        400,
        detail(/^Account ID is required/),
      ],
      [
        'an account is a number',
        'POST /transactions/import-csv',
        upload('x', { format: 'csv-cb', account_id: 'Giro' }),
        422,
        issue('int_parsing', 'body', 'account_id'),
      ],
    ],
  )

  test('an import answers what it did, and warns only when there is something to warn of', async () => {
    const ofFile = (text: string) =>
      tell(database, 'POST /transactions/import-csv', upload(`Valuta;Betrag;Verwendungszweck\n${text}`, { format: 'csv-cb', account_id: '1' }))
    const answer = { success: true, format: 'csv-cb', filename: expect.any(String) as string, auto_categorized: 0, auto_categorized_total: 0 }
    expect(await ofFile('x;1;A\n')).toEqual([
      200,
      { ...answer, message: 'Import completed: 0 of 1 transactions imported.', inserted: 0, total: 1, warnings: [expect.stringMatching(/^Row 1: /)] },
    ])
    const [status, body] = await ofFile('01.02.2024;-1,00;Brot\n01.02.2024;-1,00;Brot\n')
    expect([status, body]).toEqual([
      200,
      {
        ...answer,
        message: 'Import completed: 1 of 2 transactions imported.',
        inserted: 1,
        total: 2,
        auto_categorized: 1,
        auto_categorized_total: expect.any(Number) as number,
      },
    ])
  })

  test('a database without rules, and one without entries to categorise, say so', async () => {
    const house = await aHousehold()
    const say = async () => (await tell(house, 'POST /transactions/auto-categorize', json({})))[1]
    await house.db.run(sql`UPDATE tbl_accountingEntry SET category = 1`)
    expect(await say()).toEqual({ success: true, categorized: 0, total_checked: 0, message: 'No uncategorized entries found.' })
    await house.db.run(sql`DELETE FROM tbl_setting WHERE \`key\` = 'category_automation_rule'`)
    expect(await say()).toEqual({ success: true, categorized: 0, total_checked: 0, message: 'No categorization rules found.' })
    await house.db.run(
      sql`INSERT INTO tbl_setting (\`key\`, value) VALUES ('category_automation_rule', '{"id":"a","name":"b","conditions":[{"id":1,"type":"contains","columnName":"description","value":"rate"}],"category":77}')`,
    )
    await house.db.run(sql`UPDATE tbl_accountingEntry SET category = NULL`)
    expect(await tell(house, 'POST /transactions/auto-categorize', json({}))).toEqual([500, detail(/^Categorization failed: /)])
    await house.close()
  })
})
