// What the API says in English to every client, in the words of the page. What is not known here is shown as it came.

interface Problem {
  readonly loc?: readonly (string | number)[]
  readonly type?: string
  readonly msg?: string
}

type Translation = readonly [pattern: RegExp, german: (...found: readonly string[]) => string]

const again = 'Bitte versuchen Sie es in einem Augenblick noch einmal.'
const minutes = (seconds: string) => (Number(seconds) <= 90 ? `${seconds} Sekunden` : `${Math.ceil(Number(seconds) / 60)} Minuten`)
const size = (bytes: string) => `${(Number(bytes) / 1_048_576).toLocaleString('de-DE', { maximumFractionDigits: 1 })} MiB`

const signingIn: readonly Translation[] = [
  [/^Invalid credentials\.$/, () => 'Benutzername oder Passwort ist falsch.'],
  [/^Invalid credentials\. \((\d+) attempts remaining\)$/, (left = '') => `Benutzername oder Passwort ist falsch. Weitere Versuche: ${left}.`],
  [/^Too many login attempts\. Please wait (\d+) seconds/, (seconds = '') => `Zu viele Versuche. Bitte warten Sie ${minutes(seconds)}.`],
  [/^Username must start with '(.*)'$/, (prefix = '') => `Der Benutzername beginnt mit „${prefix}“.`],
  [/^(?:Username too short|Invalid characters in username)$/, () => 'Ein Benutzername besteht aus Buchstaben, Ziffern und Unterstrichen.'],
  [/^Another site sent this request/, () => 'Der Browser sagt, die Anfrage komme von einer anderen Seite. Bitte öffnen Sie FiniA neu.'],
]

const passwords: readonly Translation[] = [
  [
    /^The current password is wrong\.(?: \((\d+) attempts remaining\))?$/,
    (left = '') => `Das jetzige Passwort ist falsch.${left && ` Weitere Versuche: ${left}.`}`,
  ],
  [/^The new password has \d+ characters; choose one of at least (\d+)/, (fewest = '') => `Das neue Passwort ist zu kurz: mindestens ${fewest} Zeichen.`],
  [/^The new password has \d+ bytes/, () => 'Das neue Passwort ist zu lang.'],
  [
    /^The new password holds a control|^The new password is not valid text/,
    () => 'Das neue Passwort enthält ein Zeichen, das nicht geht, etwa einen Tabulator.',
  ],
  [/^The new password is the user name/, () => 'Das neue Passwort ist der Benutzername. Bitte wählen Sie ein anderes.'],
  [/^The new password is the current one/, () => 'Das ist das jetzige Passwort. Bitte wählen Sie ein anderes.'],
  [/^The database server finds the new password too weak/, () => 'Die Datenbank findet das neue Passwort zu einfach. Bitte wählen Sie ein längeres.'],
  [/^Your password is changed, but|^The password was changed by somebody else/, () => 'Das Passwort wurde geändert. Bitte melden Sie sich mit dem neuen an.'],
]

const troubles: readonly Translation[] = [
  [/^Several large files/, () => `Der Server liest gerade mehrere große Dateien. ${again}`],
  [/^The database does not answer|^Your session cannot be checked|^Database connection error/, () => `Die Datenbank antwortet nicht. ${again}`],
  [/^The database lacks a table/, () => 'Der Datenbank fehlen Tabellen. Bitte melden Sie sich ab und wieder an, um sie einzurichten.'],
  [/^Internal server error .*request ([\w-]+)\.$/s, (id = '') => `Ein unerwarteter Fehler. Im Protokoll des Servers steht er unter der Kennung ${id}.`],
  [/^The (?:request|file) is larger than (\d+) bytes/, (bytes = '') => `Das ist zu groß: erlaubt sind ${size(bytes)}.`],
  [/^The form cannot be read/, () => 'Die Datei kam nicht vollständig an. Bitte versuchen Sie es noch einmal.'],
  [/^Database error .*: 1062 /s, () => 'Das gibt es schon.'],
  [/^Account \d+ does not exist$|^Account not found\.$/, () => 'Dieses Konto gibt es nicht mehr. Bitte laden Sie die Seite neu.'],
  [/integrity check failed!/, () => 'Die Datenbank wurde von einer anderen Fassung von FiniA eingerichtet und kann von dieser nicht verändert werden.'],
]

const files: readonly Translation[] = [
  [/^Account ID is required/, () => 'Die Datei nennt kein Konto. Bitte wählen Sie eines aus oder legen Sie eines an.'],
  [/^Invalid format '(.*?)': Format '/, (name = '') => `Das Format „${name}“ ist nicht hinterlegt. Bitte laden Sie die Seite neu.`],
  [/^Invalid format '(.*?)': (.*)$/s, (name = '', reason = '') => `Das Format „${name}“ ist nicht brauchbar: ${reason}`],
  [/^CSV file error: it is empty$/, () => 'Die Datei ist leer.'],
  [/^CSV file error: it has no header after/, () => 'Die Datei hat keine Kopfzeile, wo das Format sie erwartet. Bitte wählen Sie das Format Ihrer Bank.'],
  [
    /^CSV file error: it matches no version of the format '([^']{0,200})': [^;]{0,1000}; the file has: (.*)\. Choose/s,
    (name = '', columns = '') => `Die Datei passt nicht zum Format „${name}“. Ihre Spalten sind: ${columns}. Bitte wählen Sie das Format Ihrer Bank.`,
  ],
  [
    /^CSV file error: a quotation mark .* line (\d+) on$/,
    (line = '') => `Ein Anführungszeichen wird nicht geschlossen. Bitte sehen Sie ab Zeile ${line} der Datei nach.`,
  ],
  [/^CSV file error: it is not written in (.*?),/, (encoding = '') => `Die Datei ist nicht in ${encoding} geschrieben, wie es das Format verlangt.`],
  [
    /^CSV file error: the row at line (\d+) is longer/,
    (line = '') => `Die Buchung ab Zeile ${line} ist zu lang. Vielleicht wird ein Anführungszeichen nicht geschlossen.`,
  ],
  [/^CSV file error: it has more than (\d+) rows/, (rows = '') => `Die Datei hat mehr als ${rows} Buchungen. Bitte teilen Sie sie auf.`],
  [/^CSV file error: (.*)$/s, (reason = '') => `Die Datei kann nicht gelesen werden: ${reason}`],
  [/^YAML (?:parsing error: )?(.*)$/s, (reason = '') => `Die Datei mit den Formaten kann nicht gelesen werden: ${reason}`],
]

// What a file holds is in these sentences: the pieces of a pattern must not be able to share it among themselves in many ways.
const cells: readonly Translation[] = [
  [
    /column ([^:]{1,200}): '([^']{0,200})' is not an amount with the decimal mark '(.)'/g,
    (column = '', cell = '', mark = '') => `Spalte ${column}: „${cell}“ ist kein Betrag mit dem Dezimalzeichen „${mark}“`,
  ],
  [
    /column ([^:]{1,200}): '([^']{0,200})' has more than (\d+) digits before the decimal mark/g,
    (column = '', cell = '', digits = '') => `Spalte ${column}: „${cell}“ hat mehr als ${digits} Stellen vor dem Komma`,
  ],
  [
    /column ([^:]{1,200}): time data '([^']{0,200})' does not match format '[^']{0,200}'/g,
    (column = '', cell = '') => `Spalte ${column}: „${cell}“ ist kein Datum in der Schreibweise des Formats`,
  ],
]

const hints: readonly Translation[] = [
  [/^and (\d+) more warnings like these$/, (count = '') => `… und ${count} weitere Hinweise dieser Art`],
  [
    /^Row (\d+): (.*)$/s,
    (row = '', reason = '') =>
      `Buchung ${row} ausgelassen: ${cells.reduce((text, [pattern, german]) => text.replace(pattern, (_all, ...found: string[]) => german(...found)), reason)}`,
  ],
  [/^Account '(.*)' not found, skipping row (\d+)$/s, (name = '', row = '') => `Buchung ${row} ausgelassen: das Konto „${name}“ gibt es nicht.`],
  [/^Account '(.*)' not found, using default account$/s, (name = '') => `Das Konto „${name}“ gibt es nicht; seine Buchungen kamen auf das gewählte Konto.`],
  [/^No account specified for row (\d+), skipping$/, (row = '') => `Buchung ${row} ausgelassen: sie nennt kein Konto.`],
  [
    /^Automatic categorisation failed: the rule '(.*)' gives the category (\d+), which does not exist/s,
    (rule = '', category = '') => `Nichts wurde automatisch eingeordnet: die Kategorie ${category} der Regel „${rule}“ gibt es nicht.`,
  ],
  [/^Automatic categorisation failed: it takes longer/, () => 'Nichts wurde automatisch eingeordnet: die Suchmuster der Regeln sind zu aufwendig.'],
]

const all = [...signingIn, ...passwords, ...troubles, ...files, ...hints]

export const german = (sentence: string): string => {
  for (const [pattern, translate] of all) {
    const found = pattern.exec(sentence)
    if (found) return translate(...found.slice(1))
  }
  return sentence
}

const complaints: Readonly<Record<string, string>> = {
  missing: 'fehlt',
  decimal_parsing: 'ist keine Zahl',
  decimal_whole_digits: 'hat mehr als zehn Stellen vor dem Komma',
  datetime_from_date_parsing: 'ist kein Datum',
  string_too_short: 'ist zu kurz',
  string_too_long: 'ist zu lang',
}

/** The `detail` of a refusal, or nothing when it says nothing. */
export const germanDetail = (detail: unknown): string | undefined => {
  if (typeof detail === 'string') return german(detail)
  if (!Array.isArray(detail)) return undefined
  return detail.map(({ loc = [], type = '', msg = '' }: Problem) => `${loc.slice(1).join('.')} ${complaints[type] ?? `ist nicht richtig: ${msg}`}`).join('\n')
}
