// `npm run generate`: writes docs/reference.md.
import { writeFileSync } from 'node:fs'
import { referenceFile } from './reference.ts'

writeFileSync(new URL('reference.md', import.meta.url), referenceFile())
