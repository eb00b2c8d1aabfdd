// `npm run generate`: writes charts/install.yaml, where there is a helm to render it with; a contract test compares it.
import { writeFileSync } from 'node:fs'
import { findHelm } from './helm.ts'
import { installFile } from './install.ts'

const helm = findHelm(process.env)
if (helm) writeFileSync(new URL('install.yaml', import.meta.url), installFile(helm))
else console.log('charts/install.yaml is left as it is: there is no helm on the PATH')
