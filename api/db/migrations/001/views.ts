// The views, with the names and columns that FiniA's reports and its users' own tools read. They have no rights of their own.

const view = (name: string, query: string): string => `CREATE OR REPLACE SQL SECURITY INVOKER VIEW ${name} AS\n${query.trim()}`

const categoryFullname = view(
  'view_categoryFullname',
  `
WITH RECURSIVE tree AS (
  SELECT id, name, CAST(name AS CHAR(4000) CHARACTER SET utf8mb3) AS fullname FROM tbl_category WHERE category IS NULL
  UNION ALL
  SELECT child.id, child.name, CONCAT(tree.fullname, ' - ', child.name) FROM tbl_category child JOIN tree ON child.category = tree.id
)
SELECT MIN(id) AS id, MIN(name) AS name, fullname FROM tree GROUP BY fullname`,
)

const sharePortfolioValue = view(
  'view_sharePortfolioValue',
  `
SELECT id, name, isin, wkn, currentVolume, currentPrice, currentVolume * currentPrice AS portfolioValue FROM (
  SELECT share.id, share.name, share.isin, share.wkn,
    IFNULL((SELECT SUM(bought.tradingVolume) FROM tbl_shareTransaction bought WHERE bought.share = share.id), 0) AS currentVolume,
    IFNULL((SELECT price.amount FROM tbl_shareHistory price WHERE price.share = share.id ORDER BY price.date DESC, price.id DESC LIMIT 1), 0) AS currentPrice
  FROM tbl_share share
) AS held`,
)

const shareMonthlySnapshot = view(
  'view_shareMonthlySnapshot',
  `
WITH RECURSIVE months AS (
  SELECT LAST_DAY(MIN(date)) AS month_end_date FROM tbl_shareHistory
  UNION ALL
  SELECT LAST_DAY(month_end_date + INTERVAL 1 DAY) FROM months WHERE month_end_date < LAST_DAY(CURDATE() + INTERVAL 1 YEAR)
)
SELECT share_id, share_name, month_end_date, price, volume, price * volume AS portfolio_value FROM (
  SELECT share.id AS share_id, share.name AS share_name, months.month_end_date,
    (SELECT history.amount FROM tbl_shareHistory history
      WHERE history.share = share.id AND history.date < months.month_end_date + INTERVAL 1 DAY
      ORDER BY history.date DESC, history.id DESC LIMIT 1) AS price,
    IFNULL((SELECT SUM(trade.tradingVolume) FROM tbl_shareTransaction trade
      WHERE trade.share = share.id AND trade.dateTransaction < months.month_end_date + INTERVAL 1 DAY), 0) AS volume
  FROM months JOIN tbl_share share
) AS snapshot WHERE price IS NOT NULL`,
)

const transactionList = (name: string, condition: string) =>
  view(
    name,
    `
SELECT account.name AS account, booking.description, booking.id AS transactionId
FROM tbl_transaction booking JOIN tbl_account account ON account.id = booking.account
WHERE ${condition}`,
  )

const entries = 'SELECT 1 FROM tbl_accountingEntry entry WHERE entry.`transaction` = booking.id'

const balancesPlanning = view(
  'view_balancesPlanning',
  `
SELECT SUM(planning.amount) AS amountSum, MIN(planning.category) AS categoryID, planning.account AS accountID, MIN(planned.dateValue) AS dateValue, category.name AS categoryName
FROM tbl_planningEntry planned JOIN tbl_planning planning ON planning.id = planned.planning JOIN tbl_category category ON category.id = planning.category
GROUP BY category.name, planning.account, YEAR(planned.dateValue), MONTH(planned.dateValue)`,
)

const reserveMonthly = view(
  'view_reserveMonthly',
  `
WITH RECURSIVE months AS (
  SELECT CAST(CONCAT(YEAR(MIN(dateValue)), '-01-01') AS DATE) AS dateSet FROM tbl_transaction
  UNION ALL
  SELECT dateSet + INTERVAL 1 MONTH FROM months WHERE dateSet + INTERVAL 1 MONTH <= CURDATE() + INTERVAL 1 YEAR
)
SELECT account, dateSet, amount FROM (
  SELECT account.id AS account, months.dateSet,
    (SELECT reserve.amount FROM tbl_accountReserve reserve
      WHERE reserve.account = account.id AND reserve.dateSet < months.dateSet
      ORDER BY reserve.dateSet DESC, reserve.id DESC LIMIT 1) AS amount
  FROM months JOIN tbl_account account
) AS monthly WHERE amount IS NOT NULL`,
)

export const views: readonly string[] = [
  categoryFullname,
  sharePortfolioValue,
  shareMonthlySnapshot,
  transactionList('view_accountingEntriesNotChecked', `EXISTS (${entries} AND entry.checked = 0)`),
  transactionList('view_transactionsWithoutAccountingEntry', `NOT EXISTS (${entries})`),
  transactionList('view_transactionsWithoutCategory', `EXISTS (${entries} AND entry.category IS NULL) OR NOT EXISTS (${entries})`),
  balancesPlanning,
  reserveMonthly,
]
