// What a migration is.

/** expand: what runs beside the previous release; contract: what only the next one can live with. */
export type Label = 'expand' | 'contract'

export interface Migration {
  /** Three digits; order of application. */
  readonly version: string
  readonly name: string
  readonly label: Label
  /** Each may run again after it ran: a migration that was cut off starts over. */
  readonly statements: readonly string[]
}
