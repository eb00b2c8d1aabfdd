// Times of the operations database are in UTC, whatever zone the server is in.

export const written = (date: Date): string => date.toISOString().slice(0, 23).replace('T', ' ')

export const readTime = (text: string): Date => new Date(`${text}Z`)
