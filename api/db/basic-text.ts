/** Whether the tables' utf8mb3 can hold a text: it lacks what lies beyond U+FFFF (emoji), and comparing a column with it is an error of the server. */
export const isBasicText = (text: string): boolean => !/[\u{10000}-\u{10ffff}]/u.test(text)
